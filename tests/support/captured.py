"""What CUDA graphs do with memory and gradients, on the CPU: passes that are played again in the same tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


def replayed(network: nn.Module, given: tuple[Tensor, ...]) -> Callable[..., Tensor]:
    """Return a network's pass as `torch.cuda.make_graphed_callables` would, with all that it does on the way.

    Trying it moves buffers and draws; what is given is copied into tensors of its own; what comes out lies where the
    next call writes again; only what the last call did can be differentiated, and once.
    """
    enabled, dtype = torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")
    for _ in range(3):
        network(*given)
    learning = [tensor for tensor in (*given, *network.parameters()) if tensor.requires_grad]
    place = torch.empty_like(network(*given)).detach()
    last: list[Tensor] = []

    class Replayed(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Tensor) -> Tensor:
            with torch.no_grad():
                for own, new in zip(given, inputs, strict=False):
                    own.copy_(new)
            with torch.enable_grad(), torch.autocast("cpu", dtype, enabled, cache_enabled=False):
                last[:] = [network(*given)]
            return place.copy_(last[0].detach()).detach()

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, *gradients: Tensor) -> Any:
            found = iter(torch.autograd.grad(last[0], learning, gradients[0], allow_unused=True, retain_graph=True))
            every = (*given, *network.parameters())
            return tuple(next(found) if tensor.requires_grad else None for tensor in every)

    return lambda *inputs: Replayed.apply(*inputs, *network.parameters())
