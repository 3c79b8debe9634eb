"""The n-grams of texts, by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Text = Sequence[Any]
"""The tokens of a text: numbers, or words."""


def numbered(texts: Sequence[Text], longest: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield for each length of n-grams, from 1 to the longest, whose each is (K,) and its number (K,), 0, 1, ...

    Args:
        texts: tokens of each text.
        longest: the n of the longest n-grams.
    """
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    tokens = np.unique(list(chain.from_iterable(texts)), return_inverse=True)[1].astype(np.int64)
    begins, numbers = np.arange(len(tokens)), tokens
    for size in range(1, longest + 1):
        yield owners[begins], numbers
        # An n-gram and the token behind it, if that is of the same text, are a longer one.
        longer = begins + size < len(tokens)
        longer[longer] = owners[begins[longer]] == owners[begins[longer] + size]
        begins, numbers = begins[longer], numbers[longer] * (len(tokens) + 1) + tokens[begins[longer] + size]
        numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)


def distinct(texts: Sequence[Text], longest: int) -> NDArray[np.float64]:
    """Return what share of the n-grams of texts are unlike each other (longest,), by length; nothing of none.

    Source: Li et al. 2016, arXiv:1510.03055. The share falls as there are more texts.
    """
    return np.array([len(np.unique(numbers)) / max(1, len(numbers)) for _, numbers in numbered(texts, longest)])
