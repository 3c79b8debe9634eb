"""What pictures are compared by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .component import Component

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

Extractor = Callable[["NDArray[np.uint8]"], "NDArray[np.float64]"]
"""Turns pictures, uint8 (N, C, H, W) of 1 to 4 channels, into their features, float64 (N, D)."""


@dataclass(frozen=True)
class Features(Component):
    """What pictures are compared by: some numbers for each, by a network that is fixed.

    Attributes:
        version: the name that all numbers on them carry; whatever changes the features changes it.
        size: the height and width that pictures are brought to, in pixels.
        resize: how they are brought to it, in words.
    """

    kind = "features"
    plural = "features"
    representation = "pixels"
    version: ClassVar[str]
    size: ClassVar[int]
    resize: ClassVar[str]

    @property
    def label(self) -> str:
        """The version, and the options that are not at their default: ``mine-v1:layer=2``."""
        known = type(self).options()
        chosen = [f"{name}={value}" for name, value in self.values().items() if value != known[name].default]
        return ":".join([self.version, *([",".join(chosen)] if chosen else [])])

    @abstractmethod
    def digest(self) -> str:
        """Return the SHA-256 of the network's weights, in hexadecimal.

        Raises:
            ArtganError: if they are not here, or not what they should be.
        """

    @abstractmethod
    def build(self) -> Extractor:
        """Return the function that gives pictures their features, each picture's independent of the others.

        Raises:
            ArtganError: if the weights are not here, or not what they should be; saying which command brings them.
        """

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        """Return what features (N, D) tell of generated pictures by themselves, such as the Inception Score."""
        return {}

    @staticmethod
    def as_rgb(pictures: NDArray[np.uint8]) -> Tensor:
        """Return pictures (N, C, H, W), grey, with alpha, RGB or RGBA, as float32 RGB in [-1, 1], alpha over white."""
        import numpy as np
        import torch

        compact = torch.from_numpy(np.array(pictures))
        levels = compact.float() / 127.5 - 1
        colours = levels[:, :1] if compact.shape[1] <= 2 else levels[:, :3]
        if compact.shape[1] in (2, 4):
            alpha = compact[:, -1:].float() / 255
            colours = colours * alpha + (1 - alpha)
        return colours.expand(-1, 3, -1, -1)
