"""The processes that train a run together."""

from __future__ import annotations

from torch import Tensor

from .tree_sum import TreeSum


class Processes:
    """What the processes of a run do together; by itself there is one alone, which has nobody to agree with.

    Attributes:
        number: this process's, from 0 on.
        count: how many there are.
    """

    number = 0
    count = 1

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


ALONE = Processes()
"""One process that trains by itself."""
