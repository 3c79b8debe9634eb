"""A discriminator of pixels, and the projected one beside it."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

from .projected import ProjectedNetwork

LARGE = 48
WIDEST = 8


class PixelNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to logits (B,): spectrally normalised 4 × 4 convolutions that halve the size.

    Args:
        shape: channels, height and width of the pictures.
        width: channels at half the size; each halving doubles them, up to eight times.
        classes: how many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, int, int], *, width: int, classes: int) -> None:
        super().__init__()
        channels, height, columns = shape
        smallest = 8 if min(height, columns) >= LARGE else 4
        layers: list[nn.Module] = []
        while not layers or min(height, columns) // 2 >= smallest:
            out = width * min(2 ** len(layers), WIDEST)
            layers.append(
                spectral_norm(nn.Conv2d(channels, out, 4, stride=2, padding=(1 + height % 2, 1 + columns % 2)))
            )
            channels, height, columns = out, (height + 1) // 2, (columns + 1) // 2
        self.layers = nn.ModuleList(layers)
        self.logit = spectral_norm(nn.Linear(channels * height * columns, 1))
        self.classes = spectral_norm(nn.Embedding(classes, channels)) if classes else None

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        x = samples
        for layer in self.layers:
            x = leaky_relu(layer(x), 0.2)
        logits = cast(Tensor, self.logit(x.flatten(1))).squeeze(1)
        if self.classes is None or labels is None:
            return logits
        return logits + cast(Tensor, self.classes(labels) * x.mean((2, 3))).sum(1)


class ScaledGradient(torch.autograd.Function):
    """Passes samples on as they are, and their gradient scaled."""

    @staticmethod
    def forward(ctx: Any, samples: Tensor, weight: float) -> Tensor:
        """Return the samples."""
        ctx.weight = weight
        return samples.view_as(samples)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Return the gradient, scaled."""
        return gradients[0] * ctx.weight, None


class CombinedNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to logits (B, 1 + scales): the pixels', then one for each scale of features.

    All learn alike; the gradient that the features' give to the pictures, and so to a generator, is scaled.

    Args:
        pixels: judges pixels.
        projected: judges features.
        weight: by how much that gradient is scaled.
    """

    def __init__(self, pixels: PixelNetwork, projected: ProjectedNetwork, weight: float) -> None:
        super().__init__()
        self.pixels, self.projected, self.weight = pixels, projected, weight

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        scaled = ScaledGradient.apply(samples, self.weight)  # type: ignore[no-untyped-call]
        by_pixels, by_features = self.pixels(samples, labels), self.projected(scaled, labels)
        return torch.cat([by_pixels[:, None].to(by_features), by_features], 1)
