"""The networks behind the built-in image generators and discriminators."""

from __future__ import annotations

import math
from typing import cast

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

SMALLEST = 4


def halvings(height: int, width: int) -> list[tuple[int, int]]:
    """Return the sizes from (height, width) down by halves, rounded up, while the shorter side stays at least 4."""
    sizes = [(height, width)]
    while min(math.ceil(side / 2) for side in sizes[-1]) >= SMALLEST:
        sizes.append((math.ceil(sizes[-1][0] / 2), math.ceil(sizes[-1][1] / 2)))
    return sizes


class Up(nn.Module):
    """Doubles height and width by a 4×4 transposed convolution, and cuts off what odd sizes have too much."""

    def __init__(self, channels: int, out: int, size: tuple[int, int], norm: str) -> None:
        super().__init__()
        self.size = size
        self.convolution = nn.ConvTranspose2d(channels, out, 4, stride=2, padding=1, bias=norm == "none")
        self.norm = nn.BatchNorm2d(out) if norm == "batch" else nn.Identity()
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        return cast(Tensor, self.activation(self.norm(self.convolution(x)[:, :, :height, :width])))


class ConvGenerator(nn.Module):
    """A linear layer, then transposed convolutions that double the size, then a 3×3 convolution and tanh.

    The DCGAN family (Radford et al. 2015), for any height and width: each stage has half the size of the next, rounded
    up, and twice its channels, up to eight times ``width``.
    """

    def __init__(self, shape: tuple[int, int, int], latent: int, width: int, norm: str) -> None:
        super().__init__()
        channels, height, columns = shape
        sizes = halvings(height, columns)[::-1]
        widths = [width * min(2**stage, 8) for stage in range(len(sizes))][::-1]
        self.first = (widths[0], *sizes[0])
        self.project = nn.Linear(latent, math.prod(self.first), bias=norm == "none")
        self.norm = nn.BatchNorm2d(widths[0]) if norm == "batch" else nn.Identity()
        self.activation = nn.ReLU(inplace=True)
        self.stages = nn.Sequential(
            *(Up(widths[i - 1], widths[i], sizes[i], norm) for i in range(1, len(sizes))),
        )
        self.picture = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.activation(self.norm(self.project(latents).view(-1, *self.first)))
        return cast(Tensor, self.picture(self.stages(x)).tanh())


class ConvDiscriminator(nn.Module):
    """A 3×3 convolution, then 4×4 convolutions that halve the size, then a linear layer to one logit.

    With ``norm="spectral"`` every layer is spectrally normalised (Miyato et al. 2018); with ``"batch"`` all but the
    first and last convolutions are batch-normalised (Radford et al. 2015).
    """

    def __init__(self, shape: tuple[int, int, int], width: int, norm: str) -> None:
        super().__init__()
        channels, height, columns = shape
        sizes = halvings(height, columns)
        widths = [width * min(2**stage, 8) for stage in range(len(sizes))]
        constrain = spectral_norm if norm == "spectral" else _unchanged
        layers: list[nn.Module] = [constrain(nn.Conv2d(channels, widths[0], 3, padding=1)), nn.LeakyReLU(0.2, True)]
        for i in range(1, len(sizes)):
            padding = (1 + sizes[i - 1][0] % 2, 1 + sizes[i - 1][1] % 2)
            convolution = nn.Conv2d(widths[i - 1], widths[i], 4, stride=2, padding=padding, bias=norm != "batch")
            layers.append(constrain(convolution))
            if norm == "batch":
                layers.append(nn.BatchNorm2d(widths[i]))
            layers.append(nn.LeakyReLU(0.2, True))
        self.stages = nn.Sequential(*layers)
        last = sizes[-1]
        self.logit = constrain(nn.Linear(widths[-1] * math.prod(last), 1))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.logit(self.stages(samples).flatten(1)).squeeze(1))


class MlpGenerator(nn.Module):
    """Fully connected layers with batch norm between them, then tanh."""

    def __init__(self, shape: tuple[int, int, int], latent: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        layers: list[nn.Module] = []
        for i in range(depth):
            layers += [nn.Linear(latent if i == 0 else width, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(True)]
        self.layers = nn.Sequential(*layers, nn.Linear(width, math.prod(shape)), nn.Tanh())

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.layers(latents)).view(-1, *self.shape)


class MlpDiscriminator(nn.Module):
    """Fully connected layers to one logit."""

    def __init__(self, shape: tuple[int, int, int], width: int, depth: int, norm: str) -> None:
        super().__init__()
        constrain = spectral_norm if norm == "spectral" else _unchanged
        layers: list[nn.Module] = []
        for i in range(depth):
            layers += [constrain(nn.Linear(math.prod(shape) if i == 0 else width, width)), nn.LeakyReLU(0.2, True)]
        self.layers = nn.Sequential(*layers, constrain(nn.Linear(width, 1)))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.layers(samples.flatten(1))).squeeze(1)


def _unchanged(layer: nn.Module) -> nn.Module:
    return layer
