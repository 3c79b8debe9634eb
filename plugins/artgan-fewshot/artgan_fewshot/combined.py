"""A discriminator of pixels, and the projected one beside it."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

from .batch_deviation import BatchDeviation
from .projected import ProjectedNetwork
from .reconstruction import Decoder

LARGE = 48
WIDEST = 8


class PixelNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to logits (B,): spectrally normalised 4 × 4 convolutions that halve the size.

    Args:
        shape: channels, height and width of the pictures.
        width: channels at half the size; each halving doubles them, up to eight times.
        classes: how many classes there are; 0 for none.
        compares: whether the last convolution is told how far samples differ.

    Attributes:
        sizes: heights and widths of the maps after each layer.
        channels: of the smallest maps.
    """

    def __init__(self, shape: tuple[int, int, int], *, width: int, classes: int, compares: bool) -> None:
        super().__init__()
        channels, height, columns = shape
        smallest = 8 if min(height, columns) >= LARGE else 4
        layers: list[nn.Module] = []
        self.sizes = list[tuple[int, int]]()
        last = False
        while not last:
            out = width * min(2 ** len(layers), WIDEST)
            padding = 1 + height % 2, 1 + columns % 2
            height, columns = (height + 1) // 2, (columns + 1) // 2
            self.sizes.append((height, columns))
            last = min(height, columns) // 2 < smallest
            inputs = channels + (last and compares)
            layers.append(spectral_norm(nn.Conv2d(inputs, out, 4, stride=2, padding=padding)))
            channels = out
        self.deviation = BatchDeviation() if compares else None
        self.layers = nn.ModuleList(layers)
        self.channels = channels
        self.logit = spectral_norm(nn.Linear(channels * height * columns, 1))
        self.classes = spectral_norm(nn.Embedding(classes, channels)) if classes else None

    def maps(self, samples: Tensor) -> Tensor:
        """Return the smallest maps (B, channels, h, w), by which it judges."""
        x = samples
        for number, layer in enumerate(self.layers, 1):
            if self.deviation is not None and number == len(self.layers):
                x = self.deviation(x)
            x = leaky_relu(layer(x), 0.2)
        return x

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.maps(samples)
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

    All learn alike; the gradient that the features' give to the pictures, and so to a generator, is scaled. While
    training, features are looked at in some steps alone, and count the more there. In the others the pixels' logit
    stands for theirs, without a gradient, so that logits tell as before how real samples are found.

    Args:
        pixels: judges pixels.
        projected: judges features.
        weight: by how much that gradient is scaled in the mean.
        every: how many steps it is from one that looks at features to the next.
    """

    def __init__(self, pixels: PixelNetwork, projected: ProjectedNetwork, *, weight: float, every: int) -> None:
        super().__init__()
        self.pixels, self.projected, self.weight, self.every = pixels, projected, weight, every
        self._looks = True

    def begin_step(self, step: int) -> bool:
        """Look at features in this step or not, and return which; both players see the same."""
        self._looks = step % self.every == 0
        return self._looks

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        by_pixels = self.pixels(samples, labels)[:, None]
        if self.training and not self._looks:
            return torch.cat([by_pixels, by_pixels.detach().expand(-1, self.projected.scales)], 1)

        weight = self.weight * self.every if self.training else self.weight
        scaled = ScaledGradient.apply(samples, weight)  # type: ignore[no-untyped-call]
        by_features = self.projected(scaled, labels)
        return torch.cat([by_pixels.to(by_features), by_features], 1)


class ReconstructingNetwork(CombinedNetwork):
    """The same, which learns beside it to draw real pictures from the smallest maps of its judge of pixels.

    Args:
        pixels, projected, weight, every: as of `CombinedNetwork`.
        channels: of the pictures.
        reconstruct: how much that counts.
    """

    def __init__(
        self,
        pixels: PixelNetwork,
        projected: ProjectedNetwork,
        *,
        weight: float,
        every: int,
        channels: int,
        reconstruct: float,
    ) -> None:
        super().__init__(pixels, projected, weight=weight, every=every)
        self.decoder, self.reconstruct = Decoder(pixels.channels, channels, pixels.sizes[-2::-1]), reconstruct

    def self_supervised_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return what is minimised for each real picture, (B,)."""
        return self.reconstruct * self.decoder.loss(self.pixels.maps(real), real)
