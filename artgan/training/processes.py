"""The processes that train a run together; without torch, until they compute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from .tree_sum import TreeSum


class Processes:
    """What the processes of a run do together; by itself there is one alone, which has nobody to agree with.

    All of them call the same methods in the same order. The first alone writes and speaks.

    Attributes:
        number: this process's, from 0 on.
        count: how many there are.
        local: this process's number on its machine.
        local_count: how many there are on its machine.
        job: a name of those that were started together; empty for one alone.
    """

    number = 0
    count = 1
    local = 0
    local_count = 1
    job = ""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.number == 0

    def gather(self, own: Tensor) -> Tensor:
        """Return the tensors (n, ...) of all processes one after another, (count * n, ...)."""
        return own

    def from_first(self, own: Tensor) -> Tensor:
        """Return the tensor of the first process."""
        return own

    def sum(self, own: TreeSum, shards: int) -> Tensor:
        """Return the sum over all shards.

        Args:
            own: the sum over those of this process, which has as many as each of the others.
            shards: how many there are in all.
        """
        return own.total()

    def agree(self, signal: int, order: str = "") -> tuple[int, str]:
        """Agree before a step on whether to stop, and on what to change.

        Args:
            signal: the number of the signal that this process has received, or 0.
            order: what the first process orders, empty for nothing; that of others counts nothing.

        Returns:
            The signal that one of them has received, or 0, and the order of the first.
        """
        return signal, order

    def texts(self, own: str) -> Sequence[str]:
        """Return a text of each process."""
        return [own]

    def told_by_first(self, own: str) -> str:
        """Return the text of the first process."""
        return own

    def wait(self) -> None:
        """Wait until all have come so far."""

    @contextmanager
    def first_on_machine(self) -> Iterator[None]:
        """Let the first process of each machine go first, for what it leaves in the cache serves the others."""
        if self.local:
            self.wait()
        yield
        if not self.local:
            self.wait()


class Apart(Processes):
    """One of several that plays its own shards and shares nothing: what it computes is good for measuring alone.

    Args:
        processes: those that it is one of.
    """

    def __init__(self, processes: Processes) -> None:
        self.number, self.count = processes.number, processes.count

    def gather(self, own: Tensor) -> Tensor:
        """Return what this process has, as often as there are processes."""
        return own.repeat(self.count, *[1] * (own.dim() - 1))


ALONE = Processes()
"""One process that trains by itself."""
