"""A number of sets of texts that depends on how many texts a set holds, with the error of its mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .ngram_counts import Text

Values = NDArray[np.float64]
Statistic = Callable[[Sequence[Text]], Values]

GROUPS = 10
STUDENT = 2.262
"""Standard errors of `over_sets` in half a 95 % interval: the quantile of Student's t of `GROUPS` - 1 degrees."""


def over_sets(texts: Sequence[Text], statistic: Statistic, size: int) -> tuple[Values, Values]:
    """Return the mean of numbers over disjoint sets of texts, and its standard error.

    The error is that of the jackknife over ten groups (Shao and Tu 1995, section 2.3): the sets themselves where there
    are ten, else tenths of each set. Texts drawn again with replacement, as a bootstrap does, are copies of each other,
    which is just what such numbers measure.

    Args:
        texts: independent of each other; those that fill no set are left out, except where none is filled.
        statistic: gives the numbers (K,) of a set.
        size: texts in a set; the first ten sets count.
    """
    count = min(GROUPS, max(1, len(texts) // size))
    sets = [texts[start::count][:size] for start in range(count)]
    values = np.array([statistic(part) for part in sets])
    if count == GROUPS:
        without = (values.sum(0) - values) / (GROUPS - 1)
    else:
        without = np.array([np.mean([statistic(_without(part, group)) for part in sets], 0) for group in range(GROUPS)])
    return values.mean(0), np.sqrt(GROUPS - 1) * without.std(0)


def _without(texts: Sequence[Text], group: int) -> list[Text]:
    return [text for index, text in enumerate(texts) if index % GROUPS != group]
