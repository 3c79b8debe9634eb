"""Styles, layer by layer: works some of whose layers take the style of another seed.

Style mixing: Karras et al. 2019, arXiv:1812.04948, section 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..errors import ArtganError, UsageError
from ..schema import Schema
from .latents import LARGEST_SEED, latents

if TYPE_CHECKING:
    from torch import Tensor, nn

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


@dataclass(frozen=True)
class StyleChanges:
    """What gives layers another style than the one that a work's latent gives all of them.

    Attributes:
        mixes: layers that take the styles of other seeds.
        truncation: factor of the latents of these.
    """

    mixes: tuple[Mix, ...] = ()
    truncation: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.mixes)

    def draw(self, network: nn.Module, latent: Tensor, labels: Tensor | None) -> Tensor:
        """Return the sample (1, ...) that a network makes with these changes.

        Args:
            network: a `StyledGenerator`.
            latent: of all other layers (1, latent), truncation included.
            labels: the class, (1,), or None.

        Raises:
            ArtganError: if it does not have so many layers.
        """
        import torch

        styled = cast("StyledGenerator", network)
        styles = styled.styles(latent, labels).clone()
        for mix in self.mixes:
            if mix.layers[-1] > styles.shape[1]:
                raise ArtganError(f"layer {mix.layers[-1]} is to be mixed, and this model has {styles.shape[1]}")
            other = torch.from_numpy(latents(mix.seed, latent.shape[1])).to(latent)[None]
            places = [layer - 1 for layer in mix.layers]
            styles[:, places] = styled.styles(self.truncation * other, labels)[:, places]
        return styled.draw(styles)
