"""The networks."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, relu
from torch.nn.utils.parametrizations import spectral_norm

SMALLEST, WIDEST = 4, 8


def widths(size: int, width: int) -> list[int]:
    """Return the channels at ``size``, half of it, and so on down to 4: doubling from ``width`` up to eight times."""
    halvings = (size // SMALLEST).bit_length()
    return [width * min(2**number, WIDEST) for number in range(halvings)]


class Norm(nn.Module):
    """Batch norm whose gain and bias are those of a class, where there are classes (Dumoulin et al. 2016)."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=not classes)
        if classes:
            self.gain, self.bias = nn.Embedding(classes, channels), nn.Embedding(classes, channels)
            nn.init.ones_(self.gain.weight)
            nn.init.zeros_(self.bias.weight)
        self.classes = classes

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        normal: Tensor = self.norm(x)
        if not self.classes:
            return normal
        gain, bias = self.gain(labels)[:, :, None, None], self.bias(labels)[:, :, None, None]
        return torch.addcmul(bias.to(normal), gain.to(normal), normal)


class UpBlock(nn.Module):
    """A residual block that doubles the size; its 1 x 1 shortcut runs before the upsampling, with which it commutes."""

    def __init__(self, channels: int, out: int, classes: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([Norm(channels, classes), Norm(out, classes)])
        self.convolutions = nn.ModuleList([_xavier(nn.Conv2d(channels, out, 3, padding=1), 2**0.5)])
        self.convolutions.append(_xavier(nn.Conv2d(out, out, 3, padding=1), 2**0.5))
        self.shortcut = _xavier(nn.Conv2d(channels, out, 1), 1)

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        y = _doubled(relu(self.norms[0](x, labels)))
        y = relu(self.norms[1](self.convolutions[0](y), labels))
        return cast(Tensor, self.convolutions[1](y) + _doubled(self.shortcut(x)))


class ResidualGenerator(nn.Module):
    """Latents (B, latent) and labels to pictures (B, C, size, size) in [-1, 1]."""

    def __init__(self, latent: int, channels: int, size: int, width: int, classes: int) -> None:
        super().__init__()
        wide = widths(size, width)[::-1]
        self.first = _xavier(nn.Linear(latent, wide[0] * SMALLEST**2), 1)
        self.blocks = nn.ModuleList(UpBlock(wide[number], wide[number + 1], classes) for number in range(len(wide) - 1))
        self.norm = nn.BatchNorm2d(wide[-1])
        self.last = _xavier(nn.Conv2d(wide[-1], channels, 3, padding=1), 1)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.first(latents).view(len(latents), -1, SMALLEST, SMALLEST)
        for block in self.blocks:
            x = block(x, labels)
        return torch.tanh(self.last(relu(self.norm(x))))


class DownBlock(nn.Module):
    """A spectrally normalised residual block.

    Args:
        channels: channels that come in.
        out: channels that go out.
        down: whether it halves the size.
        first: whether it sees the picture itself, which has no use for a ReLU before the first convolution.
    """

    def __init__(self, channels: int, out: int, *, down: bool, first: bool = False) -> None:
        super().__init__()
        self.down, self.first = down, first
        self.convolutions = nn.ModuleList([_bounded(nn.Conv2d(channels, out, 3, padding=1), 2**0.5)])
        self.convolutions.append(_bounded(nn.Conv2d(out, out, 3, padding=1), 2**0.5))
        self.shortcut = _bounded(nn.Conv2d(channels, out, 1), 1) if down or channels != out else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.convolutions[0](x if self.first else relu(x))
        y = self.convolutions[1](relu(y))
        if self.down:
            x, y = avg_pool2d(x, 2), avg_pool2d(y, 2)
        return cast(Tensor, y + (x if self.shortcut is None else self.shortcut(x)))


class ResidualDiscriminator(nn.Module):
    """Pictures (B, C, size, size) and labels to logits (B,)."""

    def __init__(self, channels: int, size: int, width: int, classes: int) -> None:
        super().__init__()
        wide = widths(size, width)[:-1]
        pairs = zip([channels, *wide], wide, strict=False)
        self.blocks = nn.Sequential(
            *(DownBlock(before, after, down=True, first=before == channels) for before, after in pairs),
            DownBlock(wide[-1], wide[-1], down=False),
        )
        self.logit = _bounded(nn.Linear(wide[-1], 1), 1)
        self.classes = _bounded(nn.Embedding(classes, wide[-1]), 1) if classes else None

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        features = relu(self.blocks(samples)).sum((2, 3))
        logits = cast(Tensor, self.logit(features)).squeeze(1)
        if self.classes is None or labels is None:
            return logits
        return logits + cast(Tensor, self.classes(labels) * features).sum(1)


def _doubled(x: Tensor) -> Tensor:
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _xavier(layer: nn.Module, gain: float) -> nn.Module:
    """Initialise as SNGAN does: Glorot's uniform distribution, no bias."""
    nn.init.xavier_uniform_(cast(Tensor, layer.weight), gain)
    if isinstance(bias := getattr(layer, "bias", None), Tensor):
        nn.init.zeros_(bias)
    return layer


def _bounded(layer: nn.Module, gain: float) -> nn.Module:
    return spectral_norm(_xavier(layer, gain))
