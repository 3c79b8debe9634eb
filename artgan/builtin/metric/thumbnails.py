"""Pictures made small, so that many can be compared at once."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

SIDE, TOGETHER = 8, 16
"""Pixels of a side, and the pictures that are made small at once."""


def thumbnails(pictures: NDArray[Any], most: int) -> Tensor:
    """Return the first pictures, uint8 (N, C, H, W), at 8 x 8, as levels of 0 to 1, (min(N, most), C * 64)."""
    starts = range(0, min(len(pictures), most), TOGETHER)
    parts = (torch.from_numpy(pictures[start : min(start + TOGETHER, most)] / 255) for start in starts)
    return torch.cat([adaptive_avg_pool2d(part, SIDE).flatten(1) for part in parts])
