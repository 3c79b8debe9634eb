"""The generator of FastGAN: few layers a size, and small maps that gate the channels of large ones.

Liu et al. 2021, arXiv:2101.04775. Thinner than the paper's, without its noise, for any height and width, with gains and
biases of batch norm for each class where there are classes (Dumoulin et al. 2016, arXiv:1610.07629), and with others
that the latent gives (Chen et al. 2019, arXiv:1810.01365).
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d, glu, interpolate

SMALLEST, WIDEST = 4, 16
DEVIATION = 0.02
"""Standard deviation of the first weights of convolutions."""
MODULATED = 0.4
"""How far the gains and biases that a latent gives differ at first, in standard deviations."""


def doublings(height: int, width: int) -> list[tuple[int, int]]:
    """Return the sizes of the maps, from a shorter side of 4 or a little more up to the picture's."""
    sizes = [(height, width)]
    while math.ceil(min(sizes[-1]) / 2) >= SMALLEST:
        sizes.append((math.ceil(sizes[-1][0] / 2), math.ceil(sizes[-1][1] / 2)))
    return sizes[::-1]


class GatedNorm(nn.Module):
    """Batch norm, with gain and bias of a class where there are classes, then a gated linear unit.

    Args:
        channels: that go out, half of those that come in.
        classes: how many classes there are; 0 for none.
        latent: numbers in the latent that gives further gains and biases; 0 where it gives none.
    """

    def __init__(self, channels: int, classes: int, latent: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(2 * channels, affine=not classes)
        if classes:
            self.gain, self.bias = nn.Embedding(classes, 2 * channels), nn.Embedding(classes, 2 * channels)
            nn.init.ones_(self.gain.weight)
            nn.init.zeros_(self.bias.weight)
        self.classes = classes
        self.modulation = nn.Linear(latent, 4 * channels) if latent else None
        if self.modulation is not None:
            nn.init.normal_(self.modulation.weight, std=MODULATED / math.sqrt(latent))
            nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        normal: Tensor = self.norm(x)
        if self.classes:
            normal = _affine(normal, self.gain(labels), self.bias(labels))
        if self.modulation is not None:
            gain, bias = self.modulation(latents).chunk(2, 1)
            normal = _affine(normal, 1 + gain, bias)
        return glu(normal, 1)


def _affine(maps: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """Return maps (B, C, h, w) with a gain and a bias (B, C) for each channel."""
    return torch.addcmul(bias.to(maps)[:, :, None, None], gain.to(maps)[:, :, None, None], maps)


class Up(nn.Module):
    """Brings a map to a size by nearest neighbours, then a 3 × 3 convolution, batch norm and a gate."""

    def __init__(self, channels: int, out: int, size: tuple[int, int], classes: int, latent: int) -> None:
        super().__init__()
        self.size = size
        self.convolution = _drawn(nn.Conv2d(channels, 2 * out, 3, padding=1, bias=False))
        self.norm = GatedNorm(out, classes, latent)

    def forward(self, x: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(Tensor, self.norm(self.convolution(interpolate(x, self.size, mode="nearest")), latents, labels))


class Pool(nn.Module):
    """Means over 4 × 4 parts of maps, as `adaptive_avg_pool2d`, whose gradient on a GPU differs from time to time.

    Args:
        size: height and width of the maps.
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        for name, side in zip(("rows", "columns"), size, strict=True):
            shares = adaptive_avg_pool1d(torch.eye(side)[None], SMALLEST)[0].T  # of each place in each part
            self.register_buffer(name, shares, persistent=False)

    def forward(self, maps: Tensor) -> Tensor:
        return self.rows.to(maps) @ maps @ self.columns.to(maps).T


class Excitation(nn.Module):
    """Skip-layer excitation: a small map says how much each channel of a large one counts."""

    def __init__(self, channels: int, out: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.pool = Pool(size)
        self.layers = nn.Sequential(
            _drawn(nn.Conv2d(channels, out, SMALLEST, bias=False)),
            nn.LeakyReLU(0.1),
            _drawn(nn.Conv2d(out, out, 1, bias=False)),
            nn.Sigmoid(),
        )

    def forward(self, small: Tensor, large: Tensor) -> Tensor:
        return large * cast(Tensor, self.layers(self.pool(small)))


class FastNetwork(nn.Module):
    """Latents (B, latent) and labels to pictures (B, C, H, W) in [-1, 1].

    Args:
        shape: channels, height and width of the pictures.
        latent: numbers in a latent.
        width: channels at full size; each halving doubles them, up to sixteen times.
        classes: how many classes there are; 0 for none.
        modulated: whether the latent gives gains and biases to each layer.
    """

    def __init__(self, shape: tuple[int, int, int], *, latent: int, width: int, classes: int, modulated: bool) -> None:
        super().__init__()
        given = latent if modulated else 0
        sizes = doublings(*shape[1:])
        count = len(sizes) - 1
        wide = [width * min(2 ** (count - number), WIDEST) for number in range(len(sizes))]

        self.first = (2 * wide[0], *sizes[0])
        self.project = nn.Linear(latent, math.prod(self.first), bias=False)
        nn.init.normal_(self.project.weight, std=DEVIATION)
        self.norm = GatedNorm(wide[0], classes, given)
        self.blocks = nn.ModuleList(
            Up(wide[number], wide[number + 1], sizes[number + 1], classes, given) for number in range(count)
        )

        # From 4 to 32 and 8 to 64 pixels at 64; from 4 to 64, 8 to 128 and so on at larger sizes.
        self.apart = 3 if count <= 4 else 4
        self.excitations = nn.ModuleList(
            Excitation(wide[number - self.apart], wide[number], sizes[number - self.apart])
            for number in range(self.apart, count + 1)
        )
        self.last = _drawn(nn.Conv2d(wide[-1], shape[0], 3, padding=1))

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        x: Tensor = self.norm(self.project(latents).view(-1, *self.first), latents, labels)
        maps = [x]
        for number, block in enumerate(self.blocks, 1):
            x = block(x, latents, labels)
            if number >= self.apart:
                x = self.excitations[number - self.apart](maps[number - self.apart], x)
            maps.append(x)
        return torch.tanh(self.last(x))


def _drawn(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.normal_(layer.weight, std=DEVIATION)
    return layer
