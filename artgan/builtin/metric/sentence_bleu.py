"""BLEU of generated texts against real ones, and of each against all the others (Self-BLEU).

As in Texygen (Zhu et al. 2018, arXiv:1802.01886): the mean over texts of the sentence BLEU against all references at
once, weights of n-grams equal, counts of zero smoothed to 0.1 (method 1 of Chen and Cherry 2014), the brevity penalty
by the reference of the closest length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .ngram_counts import Text, numbered

SMOOTHED = 0.1


def sentence_bleus(texts: Sequence[Text], references: Sequence[Text], longest: int) -> NDArray[np.float64]:
    """Return the BLEU of each text against all references, (N, longest): that by unigrams, by bigrams too, and so on.

    Args:
        texts: tokens of each text, at least one.
        references: tokens of each reference, at least one.
        longest: the n of the longest n-grams.
    """
    return _bleus([*texts, *references], longest, judged=len(texts), begin=len(texts))


def self_bleus(texts: Sequence[Text], longest: int) -> NDArray[np.float64]:
    """Return the BLEU of each text against all the others, (N, longest); none is among its own references.

    Args:
        texts: tokens of each text, at least two.
        longest: the n of the longest n-grams.
    """
    return _bleus(texts, longest, judged=len(texts), begin=0)


def _bleus(texts: Sequence[Text], longest: int, judged: int, begin: int) -> NDArray[np.float64]:
    """Return the BLEU of the first texts, as many as are judged, against those from a place on but themselves."""
    matched = np.stack([_matched(*grams, judged, begin) for grams in numbered(texts, longest)], 1)
    lengths = np.array([len(text) for text in texts])
    possible = np.maximum(1, lengths[:judged, None] - np.arange(longest))
    logarithms = np.log(np.where(matched, matched, SMOOTHED) / possible)
    means = logarithms.cumsum(1) / np.arange(1, longest + 1)
    return np.where(matched[:, :1], _brevity(lengths, judged, begin)[:, None] * np.exp(means), 0.0)


def _matched(owners: NDArray[np.int64], numbers: NDArray[np.int64], judged: int, begin: int) -> NDArray[np.int64]:
    """Return how many n-grams of each judged text stand in others, each at most as often as in any one of those."""
    if not len(numbers):
        return np.zeros(judged, np.int64)
    kinds = int(numbers.max()) + 1
    pairs, counts = np.unique(owners * kinds + numbers, return_counts=True)
    owners, numbers = np.divmod(pairs, kinds)

    # The most times that a reference has an n-gram, whose that is, and the most in any other: the ends of sorted runs.
    known = np.flatnonzero(owners >= begin)
    known = known[np.lexsort((counts[known], numbers[known]))]
    last = np.searchsorted(numbers[known], np.arange(kinds), "right") - 1
    times = last - np.searchsorted(numbers[known], np.arange(kinds), "left") + 1
    known = np.append(known, [0, 0])  # what is looked at where an n-gram is not known
    first, second = np.where(times > 0, counts[known[last]], 0), np.where(times > 1, counts[known[last - 1]], 0)

    mine, which = owners < judged, numbers[owners < judged]
    most = np.where(owners[known[last]][which] == owners[mine], second[which], first[which])
    return np.bincount(owners[mine], np.minimum(counts[mine], most), judged).astype(np.int64)


def _brevity(lengths: NDArray[np.int64], judged: int, begin: int) -> NDArray[np.float64]:
    """Return what each judged text loses for being shorter than the reference of the closest length."""
    known, found = Counter(lengths[begin:].tolist()), np.empty(judged)
    for index, length in enumerate(lengths[:judged].tolist()):
        own = index >= begin
        others = [other for other, count in known.items() if count > (own and other == length)]
        closest = min(others, key=lambda other: (abs(other - length), other))
        found[index] = 1.0 if length > closest else np.exp(1 - closest / max(1, length))
    return found
