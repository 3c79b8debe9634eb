"""C_T, the test of three samples that tells whether a generator copies what it was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .neighbours import nearest

Features = NDArray[np.float64]


def copying(train: Features, held_out: Features, fake: Features, cells: int = 5, seed: int = 0) -> float:
    """Return C_T: by how many standard deviations generated samples lie closer to the training set than held-out ones.

    Far below zero tells of copies, far above of samples unlike the data. In each cell of a k-means partition of the
    training set the distances to the nearest training sample are compared by the Mann-Whitney U statistic; the cells'
    z-scores are averaged by the held-out samples in them. Cells with fewer than ten of either do not count.

    Source: Meehan et al. 2020, arXiv:2004.05675.

    Args:
        train: features of what was trained on.
        held_out: features of what was not.
        fake: features of generated samples.
        cells: in how many cells they are compared.
        seed: where the partition starts.
    """
    centres = _k_means(train, cells, seed)
    groups = [nearest(features, centres)[1] for features in (train, held_out, fake)]
    scores, weights = [], []
    for cell in range(len(centres)):
        own, apart, made = (
            features[group == cell] for features, group in zip((train, held_out, fake), groups, strict=True)
        )
        if len(own) and min(len(apart), len(made)) >= 10:
            scores.append(_mann_whitney(nearest(made, own)[0], nearest(apart, own)[0]))
            weights.append(len(apart))
    return float(np.average(scores, weights=weights)) if scores else 0.0


def _mann_whitney(first: Features, second: Features) -> float:
    """Return the z-score of the Mann-Whitney U statistic: negative where the first are smaller, ties counted half."""
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, "left")
    upto = np.searchsorted(ordered, first, "right")
    statistic = ((below + upto) / 2).sum()
    count, other = len(first), len(second)
    return float((statistic - count * other / 2) / np.sqrt(count * other * (count + other + 1) / 12))


def _k_means(features: Features, cells: int, seed: int, rounds: int = 25) -> Features:
    """Return the centres of Lloyd's algorithm, started at samples drawn by k-means++."""
    random = np.random.default_rng(seed)
    centres = features[random.integers(len(features))][None].copy()
    while len(centres) < min(cells, len(features)):
        squares = nearest(features, centres)[0] ** 2
        total = squares.sum()
        if total == 0:
            break
        centres = np.concatenate([centres, features[random.choice(len(features), p=squares / total)][None]])
    for _ in range(rounds):
        groups = nearest(features, centres)[1]
        for cell in range(len(centres)):
            if (groups == cell).any():
                centres[cell] = features[groups == cell].mean(0)
    return np.asarray(centres)
