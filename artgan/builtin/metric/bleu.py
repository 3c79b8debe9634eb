"""How alike sequences of tokens are to real ones, and to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from artgan.interfaces import Comparison, Metric, Number

SIZES = (2, 3, 4, 5)
"""The n of the longest n-grams of each number."""

SCORED = 500
"""Works whose BLEU is taken; works of a set whose Self-BLEU is, or as many as are held out."""


@dataclass(frozen=True)
class Bleu(Metric):
    """BLEU of works against real ones: how many of their n-grams stand in those; higher is better."""

    name = "bleu"
    representation = "tokens"
    paper = "Zhu et al. 2018, arXiv:1802.01886"
    reference = "trained on"
    interval = "own"
    meaning = "n-grams that stand in the data; higher is better"

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        """Return the BLEU of works against every other held-out sample: the rest are the real ones beside them."""
        from .sentence_bleu import sentence_bleus
        from .token_sequences import mean, sequences

        references = sequences(comparison.held_out, comparison.spec)[1::2]
        works = sequences(comparison.fake, comparison.spec)[:: 2 if comparison.of_real else 1]
        values = sentence_bleus(works[:SCORED], references, max(SIZES))
        return {f"BLEU-{size}": mean(values[:, size - 1]) for size in SIZES}


@dataclass(frozen=True)
class SelfBleu(Metric):
    """BLEU of each work against all the others: how much they repeat each other; lower is more varied."""

    name = "self-bleu"
    representation = "tokens"
    paper = "Zhu et al. 2018, arXiv:1802.01886"
    reference = "trained on"
    interval = "own"
    meaning = "n-grams that stand in other works; lower is more varied"

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        from .sentence_bleu import self_bleus
        from .subsamples import STUDENT, over_sets
        from .token_sequences import sequences, with_error

        works = sequences(comparison.fake, comparison.spec)
        size = min(SCORED, len(comparison.held_out))
        values, errors = over_sets(works, lambda texts: self_bleus(texts, max(SIZES)).mean(0), size)
        return {f"Self-BLEU-{size}": with_error(values[size - 1], errors[size - 1], STUDENT) for size in SIZES}
