"""Fully connected networks of pictures."""

from __future__ import annotations

import math
from typing import cast

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .convolutional import unchanged


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
        constrain = spectral_norm if norm == "spectral" else unchanged
        layers: list[nn.Module] = []
        for i in range(depth):
            layers += [constrain(nn.Linear(math.prod(shape) if i == 0 else width, width)), nn.LeakyReLU(0.2, True)]
        self.layers = nn.Sequential(*layers, constrain(nn.Linear(width, 1)))

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        return cast(Tensor, self.layers(samples.flatten(1))).squeeze(1)
