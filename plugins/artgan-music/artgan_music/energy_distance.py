"""The energy distance of works to real ones (Székely and Rizzo 2013), with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artgan.interfaces import Number

from .music_metric import SPREAD

LEAST = 1e-9
"""The standard deviation of a column in which numbers are alike, but for rounding."""
MIN_LOTS = 3
"""Lots of a side that are needed to know an error."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """What was counted of works.

    Attributes:
        numbers: of each, (N, F).
        lots: the number of what each was cut from, (N,); works of one lot are not compared with each other.
    """

    numbers: Floats
    lots: NDArray[np.int64]


def energy_distance(real: Rows, fake: Rows) -> Number:
    """Return the unbiased energy distance, each column in units of the real ones' standard deviation.

    Half its 95 % interval is by the jackknife over lots of either side (Efron and Stein 1981).
    """
    unit = real.numbers.std(0)
    kept = unit > LEAST
    mine, other = (side.numbers[:, kept] / unit[kept] for side in (real, fake))
    across = _distances(mine, other)
    sides = [_Side.of(mine, real.lots, across.sum(1)), _Side.of(other, fake.lots, across.sum(0))]

    value = 2 * across.mean() - sum(side.within for side in sides)
    if min(side.count for side in sides) < MIN_LOTS:
        return Number(float(value))
    variance = sum(side.variance(across.size) for side in sides)
    return Number(float(value), SPREAD * float(variance) ** 0.5)


@dataclass(frozen=True)
class _Side:
    """Sums over one side, by lots.

    Attributes:
        sizes: rows of each.
        across: of their distances to the other side.
        own: of their distances to rows of this side in other lots.
        pairs: how many these are.
    """

    sizes: Floats
    across: Floats
    own: Floats
    pairs: Floats

    @classmethod
    def of(cls, rows: Floats, lots: NDArray[np.int64], across: Floats) -> _Side:
        _, places = np.unique(lots, return_inverse=True)
        apart = places[:, None] != places
        sums = ((_distances(rows, rows) * apart).sum(1), apart.sum(1).astype(np.float64))
        each = (np.bincount(places, of_row).astype(np.float64) for of_row in (np.ones(len(rows)), across, *sums))
        return cls(*each)

    @property
    def count(self) -> int:
        """How many lots there are."""
        return len(self.sizes)

    @property
    def within(self) -> float:
        """The mean distance between rows of different lots."""
        return float(self.own.sum() / max(1.0, float(self.pairs.sum())))

    def variance(self, size: int) -> float:
        """Return that of the distance, by what it is without each lot; ``size`` are the pairs across."""
        rows = self.sizes.sum()
        across = (self.across.sum() - self.across) / (size * (rows - self.sizes) / rows)
        within = (self.own.sum() - 2 * self.own) / np.maximum(1, self.pairs.sum() - 2 * self.pairs)
        without = 2 * across - within
        return float((self.count - 1) / self.count * ((without - without.mean()) ** 2).sum())


def _distances(first: Floats, second: Floats) -> Floats:
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))
