"""How far the samples of a batch differ, told to a discriminator."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

GROUP = 8
"""Samples whose statistics are taken together."""


class BatchDeviation(nn.Module):
    """Adds a map of how far the samples of a group differ, so that works that are all alike are told by it.

    Karras et al. 2018, arXiv:1710.10196. A group are `GROUP` samples that follow each other, so that reals and fakes of
    one batch stay apart; in evaluation the running mean stands for how far they differ.
    """

    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(()))

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (B, C + 1, h, w) of maps (B, C, h, w)."""
        if self.training:
            together = math.gcd(len(maps), GROUP)
            # Channels last, as the maps lie in memory, and by hand: `var` takes five times as long.
            groups = maps.permute(0, 2, 3, 1).reshape(len(maps) // together, together, -1)
            groups = groups if maps.dtype == torch.float64 else groups.float()
            differences = groups - groups.mean(1, keepdim=True)
            apart = (differences.square().mean(1) + 1e-8).sqrt().mean(1)
            with torch.no_grad():
                self.usual.lerp_(apart.mean().to(self.usual), 0.1)
            apart = apart.repeat_interleave(together)
        else:
            apart = self.usual.expand(len(maps))
        return torch.cat([maps, apart.to(maps)[:, None, None, None].expand(-1, 1, *maps.shape[2:])], 1)
