"""The projected discriminator: frozen features, mixed at random across channels and scales, and a head for each scale.

Sauer et al. 2021, arXiv:2111.01007.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, interpolate, leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

from .backbone import CHANNELS, MULTIPLE, as_seen, stages
from .batch_deviation import GROUP, BatchDeviation

SEEN = 64, 256
"""The smallest and largest shorter side that the backbone sees of itself."""
SMALLEST = 4
"""The shorter side down to which heads halve."""
CHECKS = 8
"""Squares along a side of the board that is seen through what is transparent."""


def seen_size(height: int, width: int, shorter: int = 0) -> tuple[int, int]:
    """Return the height and width that the backbone sees of pictures.

    Args:
        height: the pictures' own.
        width: likewise.
        shorter: about how many pixels their shorter side is to have; 0 for its own, within `SEEN`.
    """
    low, high = SEEN
    scale = (shorter or min(max(min(height, width), low), high)) / min(height, width)
    return tuple(max(1, round(side * scale / MULTIPLE)) * MULTIPLE for side in (height, width))  # type: ignore[return-value]


def as_rgb(pictures: Tensor) -> Tensor:
    """Return pictures (B, C, H, W) of 1 to 4 channels as RGB; what is transparent shows a board of light and dark."""
    channels = pictures.shape[1]
    colours = pictures[:, :1] if channels <= 2 else pictures[:, :3]
    if channels in (2, 4):
        rows, columns = (torch.arange(side, device=pictures.device) * CHECKS // side for side in pictures.shape[2:])
        board = ((rows[:, None] + columns) % 2).to(pictures) - 0.5
        opacity = (pictures[:, -1:] + 1) / 2
        colours = colours * opacity + board * (1 - opacity)
    return colours.expand(-1, 3, -1, -1)


class Mixing(nn.Module):
    """Random projections that never learn: across channels, and across scales from the deepest to the widest.

    They are drawn with the other weights, and kept with them.

    Args:
        widths: the channels of each scale after it.
    """

    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        self.scales = len(widths)
        deeper = [*widths[1:], widths[-1]]
        for scale, (channels, width, below) in enumerate(zip(CHANNELS[: self.scales], widths, deeper, strict=True)):
            self.register_buffer(f"channels{scale}", _drawn(width, channels, 1))
            self.register_buffer(f"scales{scale}", _drawn(width, below, 3))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Return maps of the same sizes, from the widest to the deepest as they came."""
        mixed: list[Tensor] = []
        for scale in reversed(range(self.scales)):
            own = conv2d(maps[scale], self.get_buffer(f"channels{scale}").to(maps[scale].dtype))
            across = self.get_buffer(f"scales{scale}").to(own.dtype)
            if mixed:
                below = interpolate(conv2d(mixed[0], across, padding=1), own.shape[2:], mode="nearest")
                mixed.insert(0, (below + own) / math.sqrt(2))
            else:
                mixed.insert(0, conv2d(own, across, padding=1))
        return mixed


class GhostBatchNorm(nn.Module):
    """Batch norm over `GROUP` samples that follow each other: reals and fakes of one batch stay apart, as at their own.

    Hoffer et al. 2017, arXiv:1705.08741; so judge Sauer et al. 2023, arXiv:2301.09515. In evaluation the running means
    stand for them.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        groups = torch.split(x, math.gcd(len(x), GROUP) if self.training else len(x))
        normal = (batch_norm(each, self.mean, self.variance, self.gain, self.bias, self.training) for each in groups)
        return torch.cat(list(normal))


class Head(nn.Module):
    """Judges maps (B, channels, h, w) of one scale: halves them, then gives one logit (B,).

    Args:
        channels: of the maps.
        width: of the layers.
        size: height and width of the maps.
        classes: how many classes there are; 0 for none.
        compares: whether it is told how far samples differ.
    """

    def __init__(self, channels: int, width: int, size: tuple[int, int], classes: int, *, compares: bool) -> None:
        super().__init__()
        self.deviation = BatchDeviation() if compares else None
        height, columns = size
        kernels = []
        while min(height, columns) > SMALLEST:
            kernels.append((4, 2, 1))
            height, columns = height // 2, columns // 2
        if not kernels:
            kernels.append((3, 1, 1))
        inputs = [channels + compares, *[width] * (len(kernels) - 1)]
        self.convolutions = nn.ModuleList(
            spectral_norm(nn.Conv2d(count, width, *kernel, bias=False))
            for count, kernel in zip(inputs, kernels, strict=True)
        )
        self.norms = nn.ModuleList(GhostBatchNorm(width) for _ in kernels)
        self.logit = spectral_norm(nn.Conv2d(width, 1, min(SMALLEST, height, columns)))
        self.classes = spectral_norm(nn.Embedding(classes, width)) if classes else None

    def forward(self, maps: Tensor, labels: Tensor | None) -> Tensor:
        if self.deviation is not None:
            maps = self.deviation(maps)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            maps = leaky_relu(norm(convolution(maps)), 0.2)
        logits: Tensor = self.logit(maps).flatten(1).mean(1)
        if self.classes is None or labels is None:
            return logits
        return logits + cast(Tensor, self.classes(labels) * maps.mean((2, 3))).sum(1)


class ProjectedNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to a logit for each scale, (B, scales).

    Args:
        shape: channels, height and width of the pictures.
        width: channels of the widest maps; the deeper have up to four times as many.
        scales: how many stages of the backbone are looked at, 2 to 4.
        see: the shorter side that the backbone sees; 0 for the pictures' own, within `SEEN`.
        classes: how many classes there are; 0 for none.
        compares: whether each head is told how far samples of a batch differ.
    """

    def __init__(
        self, shape: tuple[int, int, int], *, width: int, scales: int, see: int, classes: int, compares: bool
    ) -> None:
        super().__init__()
        self.see, self.scales = seen_size(*shape[1:], see), scales
        self.stages = nn.ModuleList(stages(scales))
        widths = [width * min(2**scale, 4) for scale in range(scales)]
        self.mixing = Mixing(widths)
        sizes = [(self.see[0] >> (2 + scale), self.see[1] >> (2 + scale)) for scale in range(scales)]
        self.heads = nn.ModuleList(
            Head(count, 2 * width, size, classes, compares=compares) for count, size in zip(widths, sizes, strict=True)
        )

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        maps = self.mixing(self._features(samples))
        logits = [head(each, labels) for head, each in zip(self.heads, maps, strict=True)]
        return torch.stack(logits, 1).to(samples.dtype)

    def _features(self, samples: Tensor) -> list[Tensor]:
        x = as_rgb(samples)
        if x.shape[2:] != self.see:
            shrinks = x.shape[2] > self.see[0]
            x = interpolate(x, self.see, mode="bilinear", align_corners=False, antialias=shrinks)
        x = as_seen(x).contiguous(memory_format=torch.channels_last)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))

        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


def _drawn(out: int, channels: int, kernel: int) -> Tensor:
    """Return random weights that keep the mean square of what they are applied to."""
    return torch.randn(out, channels, kernel, kernel) / math.sqrt(channels * kernel**2)
