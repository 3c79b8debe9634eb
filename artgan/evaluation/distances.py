"""Distances between two sets of features, and how far one covers the other; features are float arrays (N, D)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]
ROWS = 2048
"""Rows of a matrix of distances that are held at once."""


def frechet(first: Features, second: Features) -> float:
    """Return the Fréchet distance of the normal distributions with the means and covariances of two sets.

    The trace of the root of the product of the covariances is the sum of the roots of the eigenvalues of a symmetric
    matrix of the same spectrum, which needs no root of a matrix that is not symmetric. The distance of two samples of
    one distribution is not zero but about D (D + 5) / (2 N) for normal ones of variance 1: compare only at equal N.

    Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv:1706.08500.
    """
    difference = first.mean(0) - second.mean(0)
    if len(first) * len(second) < first.shape[1] ** 2:
        return _frechet_of_few(
            difference, *((part - part.mean(0)) / (len(part) - 1) ** 0.5 for part in (first, second))
        )
    covariances = [np.atleast_2d(np.cov(features, rowvar=False)) for features in (first, second)]
    return frechet_of_moments(difference, *covariances)


def frechet_of_moments(difference: Features, first: Features, second: Features) -> float:
    """Return the Fréchet distance of two normal distributions.

    Args:
        difference: of their means, (D,).
        first: the covariance of one, (D, D).
        second: that of the other.
    """
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return float(difference @ difference + np.trace(first) + np.trace(second) - 2 * shared)


def _frechet_of_few(difference: Features, first: Features, second: Features) -> float:
    """Return the Fréchet distance by roots A and B of the covariances (A^T A, B^T B) of fewer rows than columns.

    The eigenvalues of A^T A B^T B are the squares of the singular values of A B^T, which is small.
    """
    shared = np.linalg.svd(first @ second.T, compute_uv=False).sum()
    return float(difference @ difference + (first**2).sum() + (second**2).sum() - 2 * shared)


def kernel_distance(first: Features, second: Features) -> float:
    """Return the unbiased squared maximum mean discrepancy with the kernel (x . y / D + 1)^3: KID, on any features.

    It may be a little below zero. Source: Binkowski et al. 2018, arXiv:1801.01401.
    """
    size = first.shape[1]

    def kernel(left: Features, right: Features) -> Features:
        values: Features = (left @ right.T / size + 1) ** 3
        return values

    return discrepancy(kernel(first, first), kernel(second, second), kernel(first, second))


def discrepancy(first: Features, second: Features, between: Features) -> float:
    """Return the unbiased squared maximum mean discrepancy of two sets.

    Source: Gretton et al. 2012, Journal of Machine Learning Research 13, lemma 6.

    Args:
        first: the kernel's values within one set, (N, N).
        second: those within the other, (M, M).
        between: those between the two, (N, M).
    """

    def within(values: Features) -> float:
        count = len(values)
        return float((values.sum() - np.trace(values)) / (count * (count - 1)))

    return within(first) + within(second) - 2 * float(between.mean())


@dataclass(frozen=True)
class Coverage:
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


def coverage(real: Features, fake: Features, neighbours: int = 5) -> Coverage:
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
    return Coverage(
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
