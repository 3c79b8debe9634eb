"""Neighbours among features, float arrays (N, D), and how far two sets cover each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]
ROWS = 2048
"""Rows of a matrix of distances that are held at once."""


@dataclass(frozen=True)
class MutualCoverage:
    """How two sets cover each other, by balls around each sample that reach to its k-th neighbour of its own set.

    Source: Kynkäänniemi et al. 2019, arXiv:1904.06991 (precision, recall); Naeem et al. 2020, arXiv:2002.09797
    (density, coverage).

    Attributes:
        precision: the share of generated samples within a ball of a real one: quality.
        recall: the share of real samples within a ball of a generated one: diversity.
        density: in how many balls of real samples a generated one lies, divided by k: 1 where both are alike.
        coverage: the share of real samples whose ball holds a generated one.
    """

    precision: float
    recall: float
    density: float
    coverage: float

    def by_name(self, name: str) -> float:
        """Return one of the four."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "density": self.density,
            "coverage": self.coverage,
        }[name]


def coverage(real: Features, fake: Features, neighbours: int = 5) -> MutualCoverage:
    """Return how real and generated samples cover each other.

    Args:
        real: features of real samples, more than ``neighbours``.
        fake: features of generated samples, more than ``neighbours``.
        neighbours: the neighbour that a ball reaches to.
    """
    reach_of_real, reach_of_fake = (_reach(features, neighbours) for features in (real, fake))
    within_real = np.zeros(len(fake), np.int64)
    within_fake, covered = np.zeros(len(real), bool), np.zeros(len(real), bool)

    for start in range(0, len(real), ROWS):
        part = slice(start, start + ROWS)
        apart = distances(real[part], fake)
        inside = apart < reach_of_real[part, None]
        within_real += inside.sum(0)
        covered[part] = inside.any(1)
        within_fake[part] = (apart < reach_of_fake[None]).any(1)

    return MutualCoverage(
        precision=float((within_real > 0).mean()),
        recall=float(within_fake.mean()),
        density=float(within_real.mean() / neighbours),
        coverage=float(covered.mean()),
    )


def _reach(features: Features, neighbours: int) -> Features:
    """Return each sample's distance to its k-th neighbour, not counting itself, (N,)."""
    parts = [
        np.partition(distances(features[start : start + ROWS], features), neighbours, axis=1)[:, neighbours]
        for start in range(0, len(features), ROWS)
    ]
    return np.concatenate(parts)


def distances(first: Features, second: Features) -> Features:
    """Return the Euclidean distances (N, M) between two sets."""
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    lengths: Features = np.sqrt(squares.clip(0))
    return lengths


def nearest(features: Features, among: Features) -> tuple[Features, NDArray[np.int64]]:
    """Return each sample's distance to the nearest of others, and which that is, (N,) each."""
    reached, which = [], []
    for start in range(0, len(features), ROWS):
        apart = distances(features[start : start + ROWS], among)
        closest = apart.argmin(1)
        which.append(closest)
        reached.append(apart[np.arange(len(apart)), closest])
    return np.concatenate(reached), np.concatenate(which)
