"""The exponential moving average of the generator, which is what makes the artworks."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Ema:
    """A copy of a network whose floating-point weights and statistics trail behind the original's.

    The decay ramps up as min(decay, (1 + t) / (10 + t)) over the steps t, so that the first weights are soon forgotten.

    Args:
        network: what is averaged.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self._averages, self._originals = _tensors(self.network, True), _tensors(network, True)
        self._counts, self._counters = _tensors(self.network, False), _tensors(network, False)

    @torch.no_grad()
    def update(self, step: int, decay: float) -> None:
        """Move the averages towards the network.

        Args:
            step: after how many steps this is.
            decay: how much of the average stays, 0 to 1.
        """
        torch._foreach_lerp_(self._averages, self._originals, 1 - min(decay, (1 + step) / (10 + step)))
        for count, counter in zip(self._counts, self._counters, strict=True):
            count.copy_(counter)


def _tensors(network: nn.Module, floating: bool) -> list[torch.Tensor]:
    tensors = [*network.parameters(), *network.buffers()]
    return [tensor.detach() for tensor in tensors if tensor.is_floating_point() == floating]
