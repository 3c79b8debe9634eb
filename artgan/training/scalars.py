"""The numbers that are logged of a game."""

from __future__ import annotations

import torch
from torch import Tensor

from .shards import Shards


class Scalars:
    """Means of what is noted from one line of the log to the next, over all shards.

    Args:
        shards: which note the same scalars, each as often as the others.
    """

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self._totals: dict[str, dict[int, Tensor]] = {}
        self._counts: dict[str, int] = {}

    def note(self, shard: int, **values: Tensor) -> None:
        """Note the mean of values of a shard."""
        for name, value in values.items():
            mean, totals = value.detach().mean(), self._totals.setdefault(name, {})
            totals[shard] = totals[shard] + mean if shard in totals else mean
            if shard == self._shards.own[0]:
                self._counts[name] = self._counts.get(name, 0) + 1

    def read(self) -> dict[str, float]:
        """Return the mean of each scalar since the last call; this waits for the device."""
        totals = [[float(self._totals[name][shard]) for name in self._totals] for shard in self._shards.own]
        everywhere = self._shards.gather([torch.tensor(totals, dtype=torch.float64)])
        scalars = {
            name: sum(totals) / self._counts[name] / self._shards.count
            for name, totals in zip(self._totals, everywhere.T.tolist(), strict=True)
        }
        self._totals, self._counts = {}, {}
        return scalars
