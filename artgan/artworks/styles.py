"""Styles, layer by layer: works whose layers take styles of other seeds, or are moved along directions of their own.

Style mixing: Karras et al. 2019, arXiv:1812.04948, section 3.1. A direction of some layers leads through the latents of
these alone, and so along a curve through their styles, which stays among those that the generator was trained with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArtganError, UsageError
from ..schema import Schema
from .direction import Direction, Move
from .latents import LARGEST_SEED, latents

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ..interfaces.networks import StyledGenerator

STYLES = "styles"
"""What generators provide whose layers each take a style."""

GROUPS = ("coarse", "middle", "fine")
"""What the thirds of the layers are called."""

LARGEST_LAYER = 1000

MIXES: Schema = [{"seed": int, "layers": [int]}]
"""What a record tells of mixes."""

_LAYERS = re.compile(r"([1-9]\d{0,2})(?:-([1-9]\d{0,2}))?")


@dataclass(frozen=True)
class Mix:
    """Layers of a work that take the style of another seed.

    Attributes:
        seed: of whose work the style is, in the class and with the truncation of the one that it is mixed into.
        layers: their numbers, from 1 for the coarsest on, rising.
    """

    seed: int
    layers: tuple[int, ...]

    @property
    def label(self) -> str:
        """What it is called in the name of a file."""
        first, last = self.layers[0], self.layers[-1]
        whole = self.layers == tuple(range(first, last + 1))
        told = f"{first}-{last}" if whole and first < last else "-".join(map(str, self.layers))
        return f"mix-{self.seed}-layers-{told}"

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it."""
        return {"seed": self.seed, "layers": list(self.layers)}


def mixes_from_record(told: Sequence[Mapping[str, Any]]) -> tuple[Mix, ...]:
    """Return the mixes that a record tells of, which must be of the schema `MIXES`, and may come from anybody.

    Raises:
        ArtganError: if they cannot be.
    """
    mixes = tuple(Mix(mix["seed"], tuple(mix["layers"])) for mix in told)
    layers = [layer for mix in mixes for layer in mix.layers]
    rise = all(mix.layers and list(mix.layers) == sorted(mix.layers) for mix in mixes)
    in_range = all(1 <= layer <= LARGEST_LAYER for layer in layers) and len(set(layers)) == len(layers)
    if not (rise and in_range and all(0 <= mix.seed <= LARGEST_SEED for mix in mixes)):
        raise ArtganError("its record has a mix of styles out of range")
    return mixes


def stem_of_mixes(mixes: Sequence[Mix]) -> str:
    """Return what the names of files tell of mixes; nothing where there are none."""
    return "".join(f"-{mix.label}" for mix in mixes)


def groups_of(count: int) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the layers of each group, the coarsest first; some are empty where there are few layers."""
    thirds = np.array_split(np.arange(1, count + 1), len(GROUPS))
    return {name: tuple(third.tolist()) for name, third in zip(GROUPS, thirds, strict=True)}


def layers_of(wanted: str, count: int) -> tuple[int, ...]:
    """Return the layers that are meant by a group's name, by a number, or by the first and the last as in ``3-6``.

    Args:
        wanted: several of these are joined by commas.
        count: how many layers there are.

    Raises:
        UsageError: if there are none such.
    """
    found: set[int] = set()
    for part in wanted.split(","):
        numbers = _LAYERS.fullmatch(part)
        own = groups_of(count).get(part, ())
        if numbers:
            own = tuple(range(int(numbers[1]), int(numbers[2] or numbers[1]) + 1))
        if not own or max(own) > count:
            raise UsageError(
                f"{part!r} names no layers: write coarse, middle, fine, or numbers such as 2 or 3-6, up to {count}"
            )
        found.update(own)
    return tuple(sorted(found))


def check_layers(layers: Sequence[int], count: int) -> None:
    """Check that a model has layers of these numbers.

    Raises:
        ArtganError: if it does not.
    """
    if layers and not 1 <= min(layers) <= max(layers) <= count:
        raise ArtganError(f"layers {min(layers)} to {max(layers)} are to be changed, and this model has {count}")


def named_by_layers(directions: Sequence[Direction], count: int) -> tuple[Direction, ...]:
    """Return directions of which those of a group of layers have names, such as ``coarse-1``, where they had none.

    Args:
        directions: of one model.
        count: how many layers take styles in it.
    """
    groups = {layers: name for name, layers in groups_of(count).items() if layers}
    taken, named = {direction.name for direction in directions}, []
    for direction in directions:
        if direction.layers in groups and not direction.name:
            numbered = (f"{groups[direction.layers]}-{number}" for number in range(1, len(directions) + 1))
            direction = replace(direction, name=next(name for name in numbered if name not in taken))
            taken.add(direction.name)
        named.append(direction)
    return tuple(named)


@dataclass(frozen=True)
class StyleChanges:
    """What gives layers other styles than a work's latent does: each layer then has a latent of its own.

    Attributes:
        mixes: layers that take the latents of other seeds.
        truncation: factor of these latents.
        moves: along directions of some layers, whose latents alone are moved.
    """

    mixes: tuple[Mix, ...] = ()
    truncation: float = 1.0
    moves: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mixes or self.moves)

    def latents(self, latent: NDArray[np.float64], layers: int) -> NDArray[np.float64]:
        """Return the latent of each layer, (layers, latent).

        Args:
            latent: of the work, (latent,), truncation included.
            layers: how many there are.

        Raises:
            ArtganError: if there are not so many layers, or a move's direction is not of the latent's size.
        """
        rows = np.repeat(latent[None], layers, axis=0)
        for mix in self.mixes:
            check_layers(mix.layers, layers)
            rows[[layer - 1 for layer in mix.layers]] = self.truncation * latents(mix.seed, len(latent))
        for move in self.moves:
            check_layers(move.layers, layers)
            rows[[layer - 1 for layer in move.layers]] += move.step(len(latent))
        return rows


def draw_layered(network: StyledGenerator, rows: Tensor, labels: Tensor | None) -> Tensor:
    """Return the sample (1, ...) of which each layer has a latent of its own.

    Args:
        network: makes it.
        rows: the latent of each layer, (layers, latent).
        labels: the class, (1,), or None.
    """
    import torch

    styles = network.styles(rows, None if labels is None else labels.expand(len(rows)))
    return network.draw(torch.stack([own[layer] for layer, own in enumerate(styles.unbind())])[None])
