"""The two players of R3GAN: residual blocks of grouped convolutions, and neither normalisation nor noise nor styles.

Huang et al. 2024, arXiv:2501.05441. Thinner, for any height and width. Blocks add nothing at first, and their inner
weights start the smaller the more blocks there are, in place of normalisation (Zhang et al. 2019, arXiv:1901.09321).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from .layers import Resampling, halvings, rectified

L = TypeVar("L", nn.Linear, nn.Conv2d)

WIDEST = 16
EXPANSION = 2
"""How many times as many channels a block has inside."""
GROUP = 16
"""Channels of a block that are convolved together."""
GAIN = math.sqrt(2 / (1 + 0.2**2))
"""What keeps the size of numbers behind a leaky rectifier."""


def drawn(layer: L, gain: float = 1.0) -> L:
    """Return a layer whose outputs are as large as its inputs, times a gain."""
    nn.init.normal_(layer.weight, std=gain / math.sqrt(layer.weight[0].numel()))
    return layer


class Biased(nn.Module):
    """A bias for each channel, then a leaky rectifier."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, maps: Tensor) -> Tensor:
        return rectified(maps + self.bias)


class Block(nn.Module):
    """Adds to maps (B, C, h, w) what an inverted bottleneck makes of them.

    Args:
        channels: of the maps.
        blocks: how many there are in the network, which scales the first weights.
    """

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        inside = EXPANSION * channels
        groups = inside // GROUP if inside % GROUP == 0 else 1
        gain = GAIN * blocks**-0.25  # to the power of -1 / (2m - 2), with m = 3 layers

        self.layers = nn.Sequential(
            drawn(nn.Conv2d(channels, inside, 1, bias=False), gain),
            Biased(inside),
            drawn(nn.Conv2d(inside, inside, 3, padding=1, groups=groups, bias=False), gain),
            Biased(inside),
            drawn(nn.Conv2d(inside, channels, 1, bias=False), 0.0),
        )

    def forward(self, maps: Tensor) -> Tensor:
        return maps + cast(Tensor, self.layers(maps))


class R3GeneratorNetwork(nn.Module):
    """Latents (B, latent) and labels to pictures (B, C, H, W) in [-1, 1].

    Args:
        shape: channels, height and width of the pictures.
        latent: numbers in a latent.
        width: channels at full size; each halving doubles them, up to sixteen times.
        blocks: residual blocks at each size.
        classes: how many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, int, int], *, latent: int, width: int, blocks: int, classes: int) -> None:
        super().__init__()
        sizes, wide = _sizes_and_widths(shape, width)
        sizes, wide = sizes[::-1], wide[::-1]

        self.classes = drawn(nn.Linear(classes, latent, bias=False)) if classes else None
        self.project = drawn(nn.Linear(2 * latent if classes else latent, wide[0], bias=False))
        self.basis = nn.Parameter(torch.randn(wide[0], *sizes[0]))
        self.stages = nn.ModuleList(_blocks(channels, blocks, len(sizes)) for channels in wide)
        self.narrow = nn.ModuleList(drawn(nn.Conv2d(before, after, 1, bias=False)) for before, after in pairwise(wide))
        self.pixels = drawn(nn.Conv2d(wide[-1], shape[0], 1))
        self.resampling = Resampling()
        self.sizes = sizes

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        if self.classes is not None and labels is not None:
            latents = torch.cat([latents, self.classes(_one_hot(labels, self.classes).to(latents))], 1)
        x = self.stages[0](self.basis * self.project(latents)[:, :, None, None])
        for narrow, size, stage in zip(self.narrow, self.sizes[1:], self.stages[1:], strict=True):
            x = stage(self.resampling.up(narrow(x), size))
        return torch.tanh(self.pixels(x))

    def layer_sizes(self) -> dict[str, int]:
        """Return the longer side of what each layer makes; what is not told is coarse."""
        stages = {f"stages.{number}": max(size) for number, size in enumerate(self.sizes)}
        narrow = {f"narrow.{number}": max(size) for number, size in enumerate(self.sizes[1:])}
        return stages | narrow | {"pixels": max(self.sizes[-1])}


class R3DiscriminatorNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to logits (B,).

    With classes the logit is the product of features with an embedding of the class (Miyato and Koyama 2018,
    arXiv:1802.05637).

    Args:
        shape: channels, height and width of the pictures.
        width: channels at full size; each halving doubles them, up to sixteen times.
        blocks: residual blocks at each size.
        classes: how many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, int, int], *, width: int, blocks: int, classes: int) -> None:
        super().__init__()
        sizes, wide = _sizes_and_widths(shape, width)
        features = wide[-1] if classes else 1

        self.pixels = drawn(nn.Conv2d(shape[0], wide[0], 1))
        self.stages = nn.ModuleList(_blocks(channels, blocks, len(sizes)) for channels in wide)
        self.widen = nn.ModuleList(drawn(nn.Conv2d(before, after, 1, bias=False)) for before, after in pairwise(wide))
        self.basis = drawn(nn.Conv2d(wide[-1], wide[-1], sizes[-1], groups=wide[-1], bias=False))
        self.features = drawn(nn.Linear(wide[-1], features, bias=False))
        self.classes = drawn(nn.Linear(classes, features, bias=False), 1 / math.sqrt(features)) if classes else None
        self.resampling = Resampling()

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.stages[0](self.pixels(samples))
        for widen, stage in zip(self.widen, self.stages[1:], strict=True):
            x = stage(widen(self.resampling.down(x)))
        features: Tensor = self.features(self.basis(x).flatten(1))
        if self.classes is not None and labels is not None:
            features = features * self.classes(_one_hot(labels, self.classes).to(features))
        return features.sum(1)


def _sizes_and_widths(shape: tuple[int, int, int], width: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the sizes of maps and how many channels they have, from the picture's down."""
    sizes = halvings(*shape[1:])
    return sizes, [width * min(2**place, WIDEST) for place in range(len(sizes))]


def _blocks(channels: int, count: int, stages: int) -> nn.Sequential:
    return nn.Sequential(*(Block(channels, count * stages) for _ in range(count)))


def _one_hot(labels: Tensor, classes: nn.Linear) -> Tensor:
    return nn.functional.one_hot(labels, classes.in_features)
