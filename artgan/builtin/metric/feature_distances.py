"""Distances between the distributions of two sets of features, float arrays (N, D)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]


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
