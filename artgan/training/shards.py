"""The equal parts of a batch that are played each on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import torch
from torch import Tensor, nn

from .buffers import Buffers
from .processes import Processes
from .tree_sum import TreeSum


class Shards:
    """The shards of a batch, of which this process plays its own one after another, and other processes the others.

    A player learns from the mean of the shards' gradients. Where there are several, each starts from the same buffers,
    of which the mean stays; counters stay as the first shard leaves them. All of it is the same to the last bit for any
    number of processes.

    Attributes:
        count: into how many shards a batch is cut.
        processes: those that play them.
        own: the numbers of those that this process plays.
    """

    def __init__(self, count: int, processes: Processes) -> None:
        each = count // processes.count
        self.count, self.processes = count, processes
        self.own = range(processes.number * each, (processes.number + 1) * each)

    def differentiate(
        self, parameters: Sequence[nn.Parameter], modules: Sequence[nn.Module], loss: Callable[[int], Tensor]
    ) -> None:
        """Give parameters the gradient of the mean of the shards' losses.

        Of several shards, a parameter that no gradient reaches has one of zero.

        Args:
            parameters: what learns, without gradients.
            modules: the networks whose buffers the losses may change.
            loss: plays the shard of a number and returns the scalar that is differentiated.
        """
        if self.count == 1:
            loss(0).backward()  # type: ignore[no-untyped-call]
            return

        before, total, counters = Buffers(modules), TreeSum(), list[Tensor]()
        for shard in self.own:
            before.restore()
            loss(shard).backward()  # type: ignore[no-untyped-call]
            total.add((0, shard), _flat([*map(_taken_gradient, parameters), *before.changes()]))
            counters = counters or [before.counters()]

        mean = self.processes.sum(total, self.count) / self.count
        changes = _give_gradients(parameters, mean)
        before.move(changes, self.processes.from_first(*counters))

    def gather(self, own: Sequence[Tensor]) -> Tensor:
        """Return the tensors (n, ...) of all shards, in their order, (count * n, ...).

        Args:
            own: those of this process's shards.
        """
        return self.processes.gather(torch.cat([*own]))


def _taken_gradient(parameter: nn.Parameter) -> Tensor:
    """Return a parameter's gradient, which it then has no longer."""
    gradient, parameter.grad = parameter.grad, None
    return torch.zeros_like(parameter) if gradient is None else gradient


def _give_gradients(parameters: Sequence[nn.Parameter], flat: Tensor) -> Tensor:
    """Give parameters their gradients, in their own memory layout, and return what is left of the flat tensor."""
    sizes = [parameter.numel() for parameter in parameters]
    *gradients, rest = torch.split(flat, [*sizes, flat.numel() - sum(sizes)])
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = torch.empty_like(parameter).detach().copy_(gradient.view_as(parameter))
    return rest


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    """Return the numbers of tensors one after another, in the widest of their types."""
    widest = reduce(torch.promote_types, {tensor.dtype for tensor in tensors})
    return torch.cat([tensor.detach().flatten().to(widest) for tensor in tensors])
