"""What share of the n-grams of works are unlike each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Comparison, Metric, Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (1, 2, 3)
"""The n of the n-grams of each number."""

SET = 500
"""Works of a set whose n-grams are counted, or as many as are held out."""


@dataclass(frozen=True)
class Distinct(Metric):
    """The share of n-grams, over all works, that are different ones (distinct-n); higher is more varied.

    While training it is that of pairs of words, or of characters where there are no words, or of what else people read.
    """

    name = "distinct"
    representation = "tokens"
    paper = "Li et al. 2016, arXiv:1510.03055"
    drawn = True
    reference = "trained on"
    interval = "own"
    meaning = "share of n-grams that differ; higher is more varied"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .ngram_counts import distinct

        texts = [text.split() if isinstance(text, str) and " " in text else text for text in fake]
        return {"distinct-2": float(distinct(texts, 2)[1])}

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        from .ngram_counts import distinct
        from .subsamples import STUDENT, over_sets
        from .token_sequences import sequences, with_error

        works = sequences(comparison.fake, comparison.spec)
        size = min(SET, len(comparison.held_out))
        values, errors = over_sets(works, lambda texts: distinct(texts, max(SIZES)), size)
        return {f"distinct-{size}": with_error(values[size - 1], errors[size - 1], STUDENT) for size in SIZES}
