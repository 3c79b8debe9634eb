"""The networks behind the built-in image generators and discriminators."""

from __future__ import annotations

import math
from typing import cast

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

LARGE = 48
WIDEST = 8


def halvings(height: int, width: int) -> list[tuple[int, int]]:
    """Return the sizes from (height, width) down by halves, rounded up, to a shorter side of 4 (8 for large pictures).

    There is at least one halving.
    """
    smallest = 8 if min(height, width) >= LARGE else 4
    sizes = [(height, width)]
    while len(sizes) == 1 or math.ceil(min(sizes[-1]) / 2) >= smallest:
        sizes.append((math.ceil(sizes[-1][0] / 2), math.ceil(sizes[-1][1] / 2)))
    return sizes


def widths(width: int, count: int) -> list[int]:
    """Return the channels of the first ``count`` halvings: doubling from ``width`` up to eight times."""
    return [width * min(2**number, WIDEST) for number in range(count)]


class Up(nn.Module):
    """Doubles height and width by a 4×4 transposed convolution, and cuts off what is too much for odd sizes."""

    def __init__(self, channels: int, out: int, size: tuple[int, int], *, bias: bool) -> None:
        super().__init__()
        self.size = size
        self.convolution = nn.ConvTranspose2d(channels, out, 4, stride=2, padding=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        return cast(Tensor, self.convolution(x))[:, :, :height, :width]


class ConvGenerator(nn.Module):
    """A linear layer, then 4×4 transposed convolutions that double the size up to the picture, then tanh.

    The DCGAN family (Radford et al. 2015) for any height and width: each stage has half the size of the next, rounded
    up, and twice its channels, up to eight times ``width``.
    """

    def __init__(self, shape: tuple[int, int, int], latent: int, width: int, norm: str) -> None:
        super().__init__()
        channels, height, columns = shape
        sizes = halvings(height, columns)[::-1]
        wide = widths(width, len(sizes) - 1)[::-1]
        self.first = (wide[0], *sizes[0])
        self.project = nn.Linear(latent, math.prod(self.first), bias=norm == "none")
        layers: list[nn.Module] = [*_activated(wide[0], norm)]
        for i in range(1, len(wide)):
            layers += [Up(wide[i - 1], wide[i], sizes[i], bias=norm == "none"), *_activated(wide[i], norm)]
        self.layers = nn.Sequential(*layers, Up(wide[-1], channels, sizes[-1], bias=True), nn.Tanh())

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.layers(self.project(latents).view(-1, *self.first)))


class ConvDiscriminator(nn.Module):
    """4×4 convolutions that halve the size, then a linear layer to one logit.

    With ``norm="spectral"`` every layer is spectrally normalised (Miyato et al. 2018); with ``"batch"`` all but the
    first convolution and the last layer are batch-normalised (Radford et al. 2015).
    """

    def __init__(self, shape: tuple[int, int, int], width: int, norm: str) -> None:
        super().__init__()
        channels, height, columns = shape
        sizes = halvings(height, columns)
        wide = [channels, *widths(width, len(sizes) - 1)]
        constrain = spectral_norm if norm == "spectral" else unchanged
        layers: list[nn.Module] = []
        for i in range(1, len(wide)):
            padding = (1 + sizes[i - 1][0] % 2, 1 + sizes[i - 1][1] % 2)
            batch_norm = norm == "batch" and i > 1
            layers.append(constrain(nn.Conv2d(wide[i - 1], wide[i], 4, stride=2, padding=padding, bias=not batch_norm)))
            layers += [nn.BatchNorm2d(wide[i])] * batch_norm
            layers.append(nn.LeakyReLU(0.2, inplace=True))
        self.stages = nn.Sequential(*layers)
        self.logit = constrain(nn.Linear(wide[-1] * math.prod(sizes[-1]), 1))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.logit(self.stages(samples).flatten(1))).squeeze(1)


def _activated(channels: int, norm: str) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels)] * (norm == "batch") + [nn.ReLU(inplace=True)]


def unchanged(layer: nn.Module) -> nn.Module:
    """Return a layer as it is, where none is constrained."""
    return layer
