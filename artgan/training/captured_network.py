"""Networks whose passes are recorded as CUDA graphs, and replayed: one launch instead of a hundred small ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import cast

import torch
from torch import Tensor, nn

from .buffers import Buffers

Pass = Callable[..., Tensor]
"""Takes samples or latents, and labels where there are some, and returns what a network makes of them."""
Capture = Callable[[nn.Module, tuple[Tensor, ...]], Pass]
"""Records a network's pass over such tensors, forwards and backwards; what it returns writes into the same memory again
whenever it is called, and can be differentiated once, before the next call."""


def cuda_graphs(network: nn.Module, given: tuple[Tensor, ...]) -> Pass:
    """Record a network's pass as two CUDA graphs, one for each way; see `Capture`."""
    # Graphs are recorded on a stream of their own, of which torch would warn in each run.
    torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
    kind = given[0].device.type
    enabled, dtype = torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)
    with torch.autocast(kind, enabled=enabled, dtype=dtype, cache_enabled=False):
        return cast(Pass, torch.cuda.make_graphed_callables(network, given, allow_unused_input=True))


class CapturedNetwork:
    """Calls a network by what was recorded of it: a pass for each kind of call, which differ in shapes and what learns.

    The kernels are those of the network as it is written, so what comes out has the same bits. Where nothing is
    differentiated, and where the gradient is, the network itself is to be called.

    Attributes:
        way: which of its ways the network is in, where it has several; each is recorded on its own.

    Args:
        network: changes its parameters and buffers in place alone.
        capture: records a pass.
    """

    def __init__(self, network: nn.Module, capture: Capture) -> None:
        self._network, self._capture, self.way = network, capture, cast(Hashable, None)
        self._passes: dict[tuple[object, ...], Pass] = {}

    def __call__(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return what the network makes of samples or latents (B, ...) and class indices (B,)."""
        given = (samples,) if labels is None else (samples, labels)
        learning = tuple(parameter.requires_grad for parameter in self._network.parameters())
        kind = (self.way, *((tensor.shape, tensor.dtype, tensor.requires_grad) for tensor in given), learning)
        if kind not in self._passes:
            self._passes[kind] = self._captured(given)
        return self._passes[kind](*given).clone()  # what is kept of it must outlast the next call

    def _captured(self, given: tuple[Tensor, ...]) -> Pass:
        """Record a pass; what trying it changes of the network, and of what it draws, is undone."""
        before = Buffers([self._network])
        device = given[0].device
        with torch.random.fork_rng([torch.cuda.current_device()] if device.type == "cuda" else []):
            like = tuple(torch.zeros_like(tensor).requires_grad_(tensor.requires_grad) for tensor in given)
            captured = self._capture(_Labelled(self._network), like)
        before.restore()
        return captured


class _Labelled(nn.Module):
    """A network that is called with tensors alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        made: Tensor = self.network(samples, labels)
        return made
