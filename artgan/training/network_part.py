"""What one network takes of another's numbers in a file, of which no more is read than it has room for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..errors import ArtganError, one_line, printable
from .frozen_parts import learned_state
from .overlap import NamedAxis, Overlap, find_overlap

MOST_NAMED = 3
"""Parts of a network that are named where they are new."""


class StoredTensor(Protocol):
    """A tensor in a file, of which nothing is read before it is cut."""

    def get_shape(self) -> list[int]:
        """Return its shape."""
        ...

    def __getitem__(self, cut: tuple[slice, ...]) -> Tensor:
        """Read a part of it."""
        ...


class TensorFile(Protocol):
    """What is used of `safetensors.safe_open`."""

    def keys(self) -> list[str]:
        """Return the names of its tensors."""
        ...

    def get_tensor(self, name: str) -> Tensor:
        """Read a tensor."""
        ...

    def get_slice(self, name: str) -> StoredTensor:
        """Return a tensor of which nothing is read yet."""
        ...


@dataclass(frozen=True)
class NetworkPart:
    """What one network takes.

    Attributes:
        overlaps: what is taken of each tensor, by name.
        tensors: the numbers, cut to that.
        new: the modules of which a tensor is not taken, by their names.
        cut: those of which one is taken in part.
        share: of the network's numbers that are taken, 0 to 1.
        whole: whether the two networks are the same in all names and shapes.
    """

    overlaps: Mapping[str, Overlap]
    tensors: Mapping[str, Tensor]
    new: tuple[str, ...]
    cut: tuple[str, ...]
    share: float
    whole: bool

    def give(self, network: nn.Module) -> None:
        """Write what is taken into the network."""
        state = learned_state(network)
        for name, overlap in self.overlaps.items():
            overlap.write(state[name], self.tensors[name])

    def __str__(self) -> str:
        told = {"new": self.new, "in part": self.cut}
        rest = "; ".join(f"{word}: {_listed(names)}" for word, names in told.items() if names)
        return f"{100 * self.share:.3g} %{f' ({rest})' if rest else ''}"


@contextmanager
def opened(path: Path) -> Iterator[TensorFile]:
    """Open a file of tensors, of which none is read yet.

    Raises:
        ArtganError: if it cannot be read.
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            yield file
    except (OSError, SafetensorError) as error:
        raise ArtganError(f"{path} cannot be read: {one_line(error)}") from error


def read_part(
    own: Mapping[str, Tensor],
    file: TensorFile,
    prefix: str,
    *,
    named: Mapping[str, NamedAxis],
    resized: bool,
    what: str,
) -> NetworkPart:
    """Read what a network can take of a file.

    Args:
        own: the numbers that learn of the run's network, by name.
        file: of the model, or of its checkpoint.
        prefix: of the names of its tensors there.
        named: the axis of a tensor whose rows have names, by the tensor's name.
        resized: whether pictures are of another size.
        what: the network there, as an error calls it.

    Raises:
        ArtganError: if a number that would be taken is not finite.
    """
    shapes = {key: tuple(tensor.shape) for key, tensor in own.items()}
    there = {key.removeprefix(prefix) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118
    overlaps: dict[str, Overlap] = {}
    tensors: dict[str, Tensor] = {}
    for key in (name for name in shapes if name in there):
        stored = file.get_slice(prefix + key)
        overlap = find_overlap(shapes[key], tuple(stored.get_shape()), named.get(key), resized=resized)
        if overlap:
            overlaps[key] = overlap
            tensors[key] = _read(file, prefix + key, overlap, what)

    numbers = sum(tensor.numel() for tensor in own.values())
    return NetworkPart(
        overlaps=overlaps,
        tensors=tensors,
        new=_modules_of(name for name in shapes if name not in overlaps),
        cut=_modules_of(name for name, overlap in overlaps.items() if not overlap.whole),
        share=sum(overlap.count for overlap in overlaps.values()) / max(1, numbers),
        whole=shapes.keys() == there and all(key in overlaps and overlaps[key].whole for key in shapes),
    )


def _read(file: TensorFile, name: str, overlap: Overlap, what: str) -> Tensor:
    """Return the numbers that are taken of a tensor, and no more of it."""
    if not overlap.sides:
        values = file.get_tensor(name)
    else:
        values = file.get_slice(name)[tuple(slice(0, side) for side in overlap.sides)]
    if not values.isfinite().all():
        raise ArtganError(f"{what} cannot be started from: {printable(name)} is not finite")
    return values.clone()


def _modules_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that tensors belong to, by their names, each once."""
    found = (name.partition(".parametrizations.") for name in names)
    return tuple(dict.fromkeys(before if dot else before.rpartition(".")[0] or before for before, dot, _ in found))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
