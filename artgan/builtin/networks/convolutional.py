"""The networks behind the built-in image generators and discriminators."""

from __future__ import annotations

import math
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, interpolate, pad, pixel_shuffle
from torch.nn.utils.parametrizations import spectral_norm

LARGE = 48
WIDEST = 8
MODULATED = 0.4
"""How far the gains and biases that a latent gives differ at first, in standard deviations."""


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


Upsampling = Literal["transposed", "nearest", "subpixel"]


class Up(nn.Module):
    """Doubles height and width, and cuts off what is too much for odd sizes.

    A 4×4 transposed convolution lets neighbours see different weights, which shows as a checkerboard where they do not
    agree (Odena et al. 2016). Nearest neighbours before a 3×3 convolution cannot; a 3×3 convolution to four times the
    channels, which become pixels, begins as these do (Aitken et al. 2017, arXiv:1707.02937).
    """

    def __init__(
        self, channels: int, out: int, size: tuple[int, int], *, bias: bool, upsampling: Upsampling = "transposed"
    ) -> None:
        super().__init__()
        self.size, self.upsampling = size, upsampling
        self.convolution: nn.Module
        if upsampling == "transposed":
            self.convolution = nn.ConvTranspose2d(channels, out, 4, stride=2, padding=1, bias=bias)
        elif upsampling == "nearest":
            self.convolution = nn.Conv2d(channels, out, 3, padding=1, bias=bias)
        else:
            self.convolution = _alike(nn.Conv2d(channels, 4 * out, 3, padding=1, bias=bias))

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        if self.upsampling == "nearest":
            return self._of_neighbours(x)
        wide = cast(Tensor, self.convolution(x))
        return (pixel_shuffle(wide, 2) if self.upsampling == "subpixel" else wide)[:, :, :height, :width]

    def _of_neighbours(self, x: Tensor) -> Tensor:
        """Return what the convolution makes of doubled maps; while training, where sizes are even, in fewer products.

        Four pixels of doubled maps see 2×2 of the small ones each: a transposed convolution by sums of the weights
        makes them with 16 products where there were 36. Works keep the other way, by which they were always made.
        """
        height, width = self.size
        if self.training and (height, width) == (2 * x.shape[2], 2 * x.shape[3]):
            convolution = cast(nn.Conv2d, self.convolution)
            return conv_transpose2d(x, _box_filtered(convolution.weight), convolution.bias, stride=2, padding=1)
        doubled = interpolate(x, scale_factor=2.0, mode="nearest")[:, :, :height, :width]
        return cast(Tensor, self.convolution(doubled))


class Modulation(nn.Module):
    """Gains and biases for each channel of maps, given by the latent: what is far apart in a picture then agrees.

    Self-modulation of Chen et al. 2019, arXiv:1810.01365, by one linear layer.

    Args:
        latent: numbers in a latent.
        channels: of the maps.
    """

    def __init__(self, latent: int, channels: int) -> None:
        super().__init__()
        self.gain, self.bias = nn.Linear(latent, channels), nn.Linear(latent, channels)
        for layer in (self.gain, self.bias):
            nn.init.normal_(layer.weight, std=MODULATED / math.sqrt(latent))
        nn.init.ones_(self.gain.bias)
        nn.init.zeros_(self.bias.bias)

    def forward(self, maps: Tensor, latents: Tensor) -> Tensor:
        gain, bias = (layer(latents).to(maps)[:, :, None, None] for layer in (self.gain, self.bias))
        return torch.addcmul(bias, gain, maps)


class ConvGenerator(nn.Module):
    """A linear layer, then 4×4 transposed convolutions that double the size up to the picture, then tanh.

    The DCGAN family (Radford et al. 2015) for any height and width: each stage has half the size of the next, rounded
    up, and twice its channels, up to eight times ``width``. With ``classes`` the first layer is told the class as well
    (Mirza and Osindero 2014, arXiv:1411.1784); where it is ``modulated``, all are told the latent after batch norm.
    The last doubling makes the picture, or so many maps at ``full`` size, of which a 3×3 convolution does.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        latent: int,
        width: int,
        norm: str,
        *,
        upsampling: Upsampling = "transposed",
        classes: int = 0,
        modulated: bool = False,
        full: int = 0,
    ) -> None:
        super().__init__()
        channels, height, columns = shape
        sizes = halvings(height, columns)[::-1]
        wide = widths(width, len(sizes) - 1)[::-1]
        self.first = (wide[0], *sizes[0])
        self.project = nn.Linear(latent, math.prod(self.first), bias=norm == "none")
        layers: list[nn.Module] = [*_activated(wide[0], norm)]
        for i in range(1, len(wide)):
            up = Up(wide[i - 1], wide[i], sizes[i], bias=norm == "none", upsampling=upsampling)
            layers += [up, *_activated(wide[i], norm)]
        layers += _full_size(wide[-1], channels, sizes[-1], norm, upsampling, full)
        self.layers = nn.Sequential(*layers, nn.Tanh())
        self.classes = nn.Embedding(classes, math.prod(self.first)) if classes else None
        normed = [layer.num_features for layer in layers if isinstance(layer, nn.BatchNorm2d)]
        self.modulations = nn.ModuleList(Modulation(latent, count) for count in normed) if modulated else None

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.project(latents)
        if self.classes is not None:
            x = x + self.classes(labels)
        x = x.view(-1, *self.first)
        if self.modulations is None:
            return cast(Tensor, self.layers(x))

        modulations = iter(self.modulations)
        for layer in self.layers:
            x = layer(x)
            if isinstance(layer, nn.BatchNorm2d):
                x = next(modulations)(x, latents)
        return cast(Tensor, x)


class ConvDiscriminator(nn.Module):
    """4×4 convolutions that halve the size, then a linear layer to one logit.

    With ``norm="spectral"`` every layer is spectrally normalised (Miyato et al. 2018); with ``"batch"`` all but the
    first convolution and the last layer are batch-normalised (Radford et al. 2015). With ``classes`` the product of the
    features' means with what stands for the class is added to the logit (Miyato and Koyama 2018, arXiv:1802.05637).
    """

    def __init__(self, shape: tuple[int, int, int], width: int, norm: str, *, classes: int = 0) -> None:
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
        self.classes = constrain(nn.Embedding(classes, wide[-1])) if classes else None

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        features = self.stages(samples)
        logits = cast(Tensor, self.logit(features.flatten(1))).squeeze(1)
        if self.classes is None:
            return logits
        return logits + cast(Tensor, self.classes(labels) * features.mean((2, 3))).sum(1)


def _full_size(
    width: int, channels: int, size: tuple[int, int], norm: str, upsampling: Upsampling, full: int
) -> list[nn.Module]:
    """Return the layers from half the size to a picture."""
    if not full:
        return [Up(width, channels, size, bias=True, upsampling=upsampling)]
    up = Up(width, full, size, bias=norm == "none", upsampling=upsampling)
    return [up, *_activated(full, norm), nn.Conv2d(full, channels, 3, padding=1)]


def _activated(channels: int, norm: str) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels)] * (norm == "batch") + [nn.ReLU(inplace=True)]


def _box_filtered(weight: Tensor) -> Tensor:
    """Return 4×4 weights (in, out) of the transposed convolution that does what 3×3 ones (out, in) do to neighbours.

    They lie channels last, as the others of a network do, and make maps lie so: sums by themselves would not.
    """
    padded = pad(weight.flip(2, 3), (1, 1, 1, 1))
    rows = padded[:, :, :-1] + padded[:, :, 1:]
    sums = (rows[..., :-1] + rows[..., 1:]).transpose(0, 1)
    return sums.contiguous(memory_format=torch.channels_last)


def _alike(layer: nn.Conv2d) -> nn.Conv2d:
    """Return a layer whose channels in fours, the pixels of a square to come, begin alike."""
    with torch.no_grad():
        layer.weight.copy_(layer.weight[::4].repeat_interleave(4, 0))
        if layer.bias is not None:
            layer.bias.copy_(layer.bias[::4].repeat_interleave(4, 0))
    return layer


def unchanged(layer: nn.Module) -> nn.Module:
    """Return a layer as it is, where none is constrained."""
    return layer
