"""The discriminator of StyleGAN2: residual blocks that halve maps, and what tells how far samples of a batch differ.

Karras et al. 2020, arXiv:1912.04958, thinner. A map is halved before its second convolution.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn

from .layers import GAIN, EqualConvolution, EqualLinear, Resampling, halvings, rectified

WIDEST = 16
GROUP = 4
"""How many samples are compared."""


class BatchDeviation(nn.Module):
    """Adds a map of how far the samples of a group differ, so that works that are all alike are told by it.

    Karras et al. 2018, arXiv:1710.10196. A group are up to `GROUP` samples that follow each other, and half of a batch
    is whole groups, so that reals and fakes that are shown together are compared among themselves. In evaluation, where
    each sample is judged alone, the running mean stands for how far they differ.
    """

    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(()))

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (B, C + 1, h, w) of maps (B, C, h, w)."""
        apart = self._compared(maps) if self.training else self.usual.expand(len(maps))
        return torch.cat([maps, apart.to(maps)[:, None, None, None].expand(-1, 1, *maps.shape[2:])], 1)

    def _compared(self, maps: Tensor) -> Tensor:
        together = math.gcd(len(maps), len(maps) // 2, GROUP)
        groups = maps.reshape(len(maps) // together, together, *maps.shape[1:])
        groups = groups if maps.dtype == torch.float64 else groups.float()
        apart = (groups.var(1, correction=0) + 1e-8).sqrt().mean((1, 2, 3))
        with torch.no_grad():
            self.usual.lerp_(apart.mean().to(self.usual), 0.1)
        return apart.repeat_interleave(together)


class Block(nn.Module):
    """Maps (B, inputs, h, w) to (B, outputs, h / 2, w / 2), rounded up: two convolutions beside a straight way.

    Args:
        inputs: channels in.
        outputs: channels out.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = EqualConvolution(inputs, inputs, 3)
        self.second = EqualConvolution(inputs, outputs, 3)
        self.straight = EqualConvolution(inputs, outputs, 1, bias=False)
        self.resampling = Resampling()

    def forward(self, maps: Tensor) -> Tensor:
        x = GAIN * rectified(self.first(maps))
        x = rectified(self.second(self.resampling.down(x)))
        return x + cast(Tensor, self.straight(self.resampling.down(maps))) / GAIN


class ResidualNetwork(nn.Module):
    """Pictures (B, C, H, W) and labels to logits (B,).

    With classes the logit is the product of features with an embedding of the class (Miyato and Koyama 2018,
    arXiv:1802.05637), beside one that all classes share.

    Args:
        shape: channels, height and width of the pictures.
        width: channels at full size; each halving doubles them, up to sixteen times.
        classes: how many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, int, int], *, width: int, classes: int) -> None:
        super().__init__()
        sizes = halvings(*shape[1:])
        wide = [width * min(2**place, WIDEST) for place in range(len(sizes))]

        self.pixels = EqualConvolution(shape[0], wide[0], 1)
        self.blocks = nn.Sequential(*map(Block, wide, wide[1:]))
        self.deviation = BatchDeviation()
        self.last = EqualConvolution(wide[-1] + 1, wide[-1], 3)
        self.features = EqualLinear(wide[-1] * math.prod(sizes[-1]), wide[-1])
        self.logit = EqualLinear(wide[-1], 1)
        self.classes = EqualLinear(classes, wide[-1]) if classes else None

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        x = GAIN * rectified(self.pixels(samples))
        x = GAIN * rectified(self.last(self.deviation(self.blocks(x))))
        features = GAIN * rectified(self.features(x.flatten(1)))
        logits = cast(Tensor, self.logit(features)).squeeze(1)
        if self.classes is None or labels is None:
            return logits
        chosen = nn.functional.one_hot(labels, self.classes.weight.shape[1]).to(features)
        return logits + cast(Tensor, features * self.classes(chosen)).mean(1)
