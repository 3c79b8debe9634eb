"""The buffers of networks, such as batch norm's statistics, which each shard of a batch changes on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from .frozen_parts import learning_buffers


class Buffers:
    """The buffers of networks as they are now, from which they change.

    Args:
        modules: the networks.
    """

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        self._modules = modules
        self._before = [buffer.clone() for buffer in self._now()]

    @torch.no_grad()
    def restore(self) -> None:
        """Give the networks the buffers that they had."""
        for buffer, before in zip(self._now(), self._before, strict=True):
            buffer.copy_(before)

    def changes(self) -> list[Tensor]:
        """Return by how much buffers of floating point have changed: by 0 where they have not, though infinite."""
        pairs = zip(self._now(), self._before, strict=True)
        return [
            torch.where(buffer == before, 0, buffer - before) for buffer, before in pairs if before.is_floating_point()
        ]

    def counters(self) -> Tensor:
        """Return the numbers in the buffers that count or tell yes from no, as they are now, one after another."""
        counting = [buffer.flatten().long() for buffer in self._counting()]
        return torch.cat(counting) if counting else torch.empty(0, dtype=torch.long)

    @torch.no_grad()
    def move(self, changes: Tensor, counters: Tensor) -> None:
        """Give the networks the buffers that they had, changed, and counters.

        Args:
            changes: by how much, those of `changes` one after another.
            counters: as of `counters`.
        """
        self.restore()
        floating = [buffer for buffer in self._now() if buffer.is_floating_point()]
        for buffer, change in _parts(changes, floating):
            buffer.copy_(torch.where(change == 0, buffer, buffer + change))
        for buffer, counter in _parts(counters, self._counting()):
            buffer.copy_(counter)

    def _now(self) -> list[Tensor]:
        return [buffer for module in self._modules for buffer in learning_buffers(module)]

    def _counting(self) -> list[Tensor]:
        return [buffer for buffer in self._now() if not buffer.is_floating_point() and not buffer.is_complex()]


def _parts(flat: Tensor, buffers: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield each buffer, and in its shape its part of a flat tensor."""
    for buffer, part in zip(buffers, torch.split(flat, [buffer.numel() for buffer in buffers]), strict=True):
        yield buffer, part.view_as(buffer)
