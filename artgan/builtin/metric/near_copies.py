"""Texts that are those trained on but for one place."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

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
    for number in range(bisect_left(ordered, begins), len(ordered)):
        if not ordered[number].startswith(begins):
            return False
        if _is_kept(text, ordered[number], len(begins)):
            return True
    return False


def _is_kept(one: str, other: str, alike: int) -> bool:
    """Return whether the share of the longer of two texts that both begin with, and both end with, is large enough.

    Args:
        one: a text.
        other: another.
        alike: how many characters both begin with, at least.
    """
    shorter, longer = sorted((len(one), len(other)))
    needed = math.ceil(KEPT * longer)
    if shorter < needed:
        return False

    # Most texts go on otherwise at once, so that letters are compared one by one.
    while alike < shorter and one[alike] == other[alike]:
        alike += 1
    return alike >= needed or one[alike - needed :] == other[alike - needed :]
