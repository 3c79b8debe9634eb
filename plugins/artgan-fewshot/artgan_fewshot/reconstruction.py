"""What a discriminator knows of real pictures, drawn from its smallest maps: what it overlooks, it cannot draw.

The self-supervision of Liu et al. 2021, arXiv:2101.04775: of whole pictures, and by mean absolute differences in place
of perceptual ones, which need another network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, glu, interpolate

from .projected import GhostBatchNorm


class Decoder(nn.Module):
    """Maps (B, channels, h, w) to pictures (B, pictures, H, W) in [-1, 1], by doublings that halve the channels.

    Args:
        channels: of the maps.
        pictures: channels of the pictures.
        sizes: heights and widths after each doubling.
    """

    def __init__(self, channels: int, pictures: int, sizes: list[tuple[int, int]]) -> None:
        super().__init__()
        self.sizes = sizes
        widths = [max(4, channels // 2 ** (1 + number)) for number in range(len(sizes))]
        inputs = [channels, *widths]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, 2 * width, 3, padding=1, bias=False)
            for before, width in zip(inputs, widths, strict=False)
        )
        self.norms = nn.ModuleList(GhostBatchNorm(2 * width) for width in widths)
        self.last = nn.Conv2d(inputs[-1], pictures, 3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        for size, convolution, norm in zip(self.sizes, self.convolutions, self.norms, strict=True):
            maps = glu(norm(convolution(interpolate(maps, size, mode="nearest"))), 1)
        return torch.tanh(self.last(maps))

    def loss(self, maps: Tensor, pictures: Tensor) -> Tensor:
        """Return how far what is drawn of maps is from pictures of any size, (B,): the mean absolute difference."""
        drawn: Tensor = self(maps)
        height, width = drawn.shape[2:]
        return (drawn.float() - adaptive_avg_pool2d(pictures.float(), (height, width))).abs().flatten(1).mean(1)
