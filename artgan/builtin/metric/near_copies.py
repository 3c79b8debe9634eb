"""Texts that are those trained on but for one place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import takewhile

KEPT = 0.8
"""The share of the longer of two texts that both begin and end with alike where one is a near copy of the other."""


def count_near_copies(known: Sequence[str], texts: Sequence[str]) -> int:
    """Return how many texts are a known one, or differ from one in a single place of at most a fifth.

    Of two that do, one end of at least two fifths is the same. So those that may be are found in lists that are sorted
    by their beginnings and by their ends, and nothing is counted of all pairs.
    """
    first, last = sorted(known), sorted(text[::-1] for text in known)
    return sum(_is_near(text, first) or _is_near(text[::-1], last) for text in texts)


def _is_near(text: str, ordered: Sequence[str]) -> bool:
    """Return whether one of the texts that begin with the first two fifths of a text is nearly it."""
    begins = text[: max(1, int(KEPT / 2 * len(text)))]
    at = bisect_left(ordered, begins)
    alike = takewhile(lambda number: ordered[number].startswith(begins), range(at, len(ordered)))
    return any(_kept(text, ordered[number]) >= KEPT for number in alike)


def _kept(one: str, other: str) -> float:
    """Return the share of the longer of two texts that both begin with, and both end with."""
    shorter, longer = sorted((one, other), key=len)
    if not longer:
        return 1.0
    begin = _alike(shorter, longer)
    end = min(_alike(shorter[::-1], longer[::-1]), len(shorter) - begin)
    return (begin + end) / len(longer)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
