"""The built-in features of pictures, which need no download."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from artgan.interfaces import Extractor, Features


@dataclass(frozen=True)
class RandomFeatures(Features):
    """64 numbers by a convolutional network with fixed random weights: no download, the same on every machine.

    Random networks see texture, colour and coarse shape: enough to rank generators of one data set, and no more.
    """

    name = version = "random-v1"
    size = 64
    resize = "bilinear, antialiased"

    def digest(self) -> str:
        from .networks.random_features import digest

        return digest()

    def build(self) -> Extractor:
        from .networks.random_features import random_features

        return partial(random_features, size=self.size)
