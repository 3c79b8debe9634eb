"""What both players are made of: layers that all learn at one rate, and resampling without aliases.

Weights are drawn from a standard normal distribution and scaled by one over the root of their number of inputs when
they are used, so that Adam moves each by the same share (equalised learning rate: Karras et al. 2018,
arXiv:1710.10196).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu, linear, pad

GAIN = math.sqrt(2)
"""What keeps the size of numbers behind a leaky rectifier."""


def rectified(x: Tensor) -> Tensor:
    """Return numbers behind a leaky rectifier."""
    return leaky_relu(x, 0.2)


class EqualLinear(nn.Module):
    """A linear layer of equalised learning rate.

    Args:
        inputs: numbers in.
        outputs: numbers out.
        bias: what biases are at first.
        rate: by how much slower it learns than others; 1 for not.
    """

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualConvolution(nn.Module):
    """A convolution of equalised learning rate that keeps the size of maps.

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel: its side, an odd number.
        bias: whether it adds one.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, *, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale, self.padding = 1 / math.sqrt(inputs * kernel**2), kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


class Resampling(nn.Module):
    """Doubles or halves maps by the filter [1, 3, 3, 1] of both axes (Karras et al. 2020, arXiv:1912.04958)."""

    filter: Tensor

    def __init__(self) -> None:
        super().__init__()
        line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("filter", torch.outer(line, line)[None, None], persistent=False)

    def up(self, maps: Tensor, size: tuple[int, int]) -> Tensor:
        """Return maps (B, C, h, w) at a size of 2h or 2h - 1 and 2w or 2w - 1; their edges go on beyond them."""
        channels, wider = maps.shape[1], pad(maps, (1, 1, 1, 1), mode="replicate")
        doubled = conv_transpose2d(
            wider, self._filters(4 * self.filter, channels), stride=2, padding=3, groups=channels
        )
        return doubled[:, :, : size[0], : size[1]]

    def down(self, maps: Tensor) -> Tensor:
        """Return maps (B, C, h, w) at half the size, rounded up."""
        channels, height, width = maps.shape[1:]
        padding = 1 + height % 2, 1 + width % 2
        return conv2d(maps, self._filters(self.filter, channels), stride=2, padding=padding, groups=channels)

    def _filters(self, kernel: Tensor, channels: int) -> Tensor:
        return kernel.expand(channels, 1, 4, 4)


def halvings(height: int, width: int, smallest: int = 4) -> list[tuple[int, int]]:
    """Return the sizes of maps from the picture's down, each half of the one before, rounded up.

    Args:
        height: of the picture.
        width: of the picture.
        smallest: below which no side goes.
    """
    sizes = [(height, width)]
    while math.ceil(min(sizes[-1]) / 2) >= smallest:
        sizes.append((math.ceil(sizes[-1][0] / 2), math.ceil(sizes[-1][1] / 2)))
    return sizes
