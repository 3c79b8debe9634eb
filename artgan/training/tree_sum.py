"""Sums that come out the same to the last bit, whoever adds which part."""

from __future__ import annotations

from torch import Tensor

Node = tuple[int, int]
"""A node of the tree: its level and its number there; (l, i) covers the shards from i * 2^l to (i + 1) * 2^l - 1."""


class TreeSum:
    """Adds the tensors of shards as a binary tree: of two neighbours first, then of two pairs, and so on.

    What is added to what depends on the shards' numbers alone, so processes may each add their own shards, and anybody
    the nodes that come of it. No more tensors are kept than the tree has levels.
    """

    def __init__(self) -> None:
        self._nodes: dict[Node, Tensor] = {}

    def add(self, node: Node, value: Tensor) -> None:
        """Add the tensor of a node, a shard's being that of (0, shard); it is kept, and may be added to in place."""
        level, number = node
        while (sibling := self._nodes.pop((level, number ^ 1), None)) is not None:
            value, level, number = sibling.add_(value), level + 1, number // 2
        self._nodes[level, number] = value

    @property
    def nodes(self) -> list[Tensor]:
        """What has no neighbour to be added to, in the order of shards; their places are those of `nodes_of`."""
        return [self._nodes[node] for node in sorted(self._nodes, key=_first_shard)]

    def total(self) -> Tensor:
        """Return the sum of all that were added, what is left without a neighbour being added from the last on."""
        *others, total = self.nodes
        for value in reversed(others):
            total = value + total
        return total


def nodes_of(shards: range) -> list[Node]:
    """Return the nodes that the sum of neighbouring shards comes to, in their order."""
    nodes, shard = [], shards.start
    while shard < shards.stop:
        level = 0
        while shard % (2 << level) == 0 and shard + (2 << level) <= shards.stop:
            level += 1
        nodes.append((level, shard >> level))
        shard += 1 << level
    return nodes


def _first_shard(node: Node) -> int:
    level, number = node
    return number << level
