"""The sliced Wasserstein distance of patches of Laplacian pyramids: a distance of pictures without any features."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv2d, interpolate, pad

from artgan.interfaces import Features

SMALLEST = 16
PATCH, PATCHES, PROJECTIONS = 7, 64, 128
KERNEL = (1.0, 4.0, 6.0, 4.0, 1.0)


def patch_distances(real: NDArray[np.uint8], fake: NDArray[np.uint8], seed: int = 0) -> dict[int, float]:
    """Return the sliced Wasserstein distance for each level of the pyramid, by its height in pixels, times 1000.

    The finest level tells of texture, the coarsest of composition. From each picture and level 64 patches of 7 x 7
    are taken; patches are normalised to mean 0 and deviation 1 for each channel; the distance is the mean over 128
    random directions of the mean difference of sorted projections. Source: Karras et al. 2018, arXiv:1710.10196.

    Args:
        real: pictures (N, C, H, W), sides of at least 16 pixels.
        fake: as many others of the same shape.
        seed: of the patches' places and of the directions.
    """
    found = {}
    for level, (first, second) in enumerate(zip(_pyramid(real), _pyramid(fake), strict=True)):
        random = torch.Generator().manual_seed(seed * 1000 + level)
        left, right = (_normalised(_patches(pictures, random)) for pictures in (first, second))
        found[first.shape[2]] = 1000 * sliced_wasserstein(left, right, random)
    return found


def sharpness(pictures: NDArray[np.uint8]) -> float:
    """Return how much fine detail pictures (N, C, H, W) hold: the deviation of the finest level of the pyramid."""
    return float(_pyramid(pictures)[0].std())


def sliced_wasserstein(first: Tensor, second: Tensor, random: torch.Generator, count: int = PROJECTIONS) -> float:
    """Return the mean over random directions of the Wasserstein-1 distance of projected sets (N, D) of equal size."""
    directions = torch.randn(first.shape[1], count, generator=random)
    directions /= directions.norm(dim=0)
    total = 0.0
    for part in torch.split(directions, 32, dim=1):
        apart = (first @ part).sort(0).values - (second @ part).sort(0).values
        total += float(apart.abs().mean(0).sum())
    return total / count


def _pyramid(pictures: NDArray[np.uint8]) -> list[Tensor]:
    """Return the levels of the Laplacian pyramid, the finest first, each (N, 3, H, W)."""
    signal, levels = Features.as_rgb(pictures), []
    while min(signal.shape[2:]) >= 2 * SMALLEST:
        smaller = _blurred(signal)[:, :, ::2, ::2]
        larger = interpolate(smaller, signal.shape[2:], mode="bilinear", align_corners=False)
        levels.append(signal - larger)
        signal = smaller
    return [*levels, signal]


def _blurred(signal: Tensor) -> Tensor:
    line = torch.tensor(KERNEL) / sum(KERNEL)
    kernel = (line[:, None] * line).expand(signal.shape[1], 1, 5, 5)
    return conv2d(pad(signal, (2, 2, 2, 2), mode="reflect"), kernel, groups=signal.shape[1])


def _patches(level: Tensor, random: torch.Generator) -> Tensor:
    """Return patches (N * 64, 3, 7, 7) at random places of each picture."""
    count, _, height, width = level.shape
    tops = torch.randint(height - PATCH + 1, (count, PATCHES, 1, 1), generator=random)
    lefts = torch.randint(width - PATCH + 1, (count, PATCHES, 1, 1), generator=random)
    rows = tops + torch.arange(PATCH)[:, None]
    columns = lefts + torch.arange(PATCH)
    which = torch.arange(count)[:, None, None, None]
    return level.permute(0, 2, 3, 1)[which, rows, columns].permute(0, 1, 4, 2, 3).flatten(0, 1)


def _normalised(patches: Tensor) -> Tensor:
    """Return patches (N, D) with mean 0 and deviation 1 for each channel."""
    mean = patches.mean((0, 2, 3), keepdim=True)
    deviation = patches.std((0, 2, 3), keepdim=True).clamp_min(1e-8)
    return ((patches - mean) / deviation).flatten(1)
