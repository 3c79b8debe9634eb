"""How far texts are from real ones, and how many of them stand there, by their characters and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 1000
"""Texts of each side whose n-grams are compared at most, in about a second."""


@dataclass(frozen=True)
class Ngrams(Metric):
    """How far texts are from real ones by the sequences of characters and words in them, times 1000; less is better.

    It sees quality and diversity, in any language and script, and does not depend on how many texts there are: of
    texts as varied and as good as real ones it is about 0, and a little below at times; of thirty real texts again
    and again 33, of a hundred 10. It takes copies of training texts for perfect.
    """

    name = "ngrams"
    modalities = frozenset({"text"})
    paper = "Gretton et al. 2012, JMLR 13:723; Leslie et al. 2002, PSB 7:566"
    judges = True

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .spectra import ngram_distance

        return {"n-gram distance": 1000 * ngram_distance(_spread(real), _spread(fake))}


def _spread(texts: NDArray[Any]) -> list[str]:
    """Return at most `MOST` texts, at equal distances."""
    count = min(MOST, len(texts))
    return [texts[number * len(texts) // count] for number in range(count)]


@dataclass(frozen=True)
class Copied(Metric):
    """The share of texts that stand in the real ones word for word."""

    name = "copied"
    modalities = frozenset({"text"})
    drawn = True
    reference = "trained on"
    role = Role.COPIED

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        known = set(real)
        return {"copied share": sum(text in known for text in fake) / len(fake)}


@dataclass(frozen=True)
class NearCopied(Metric):
    """The share of texts that are real ones, or differ from one in a single place of at most a fifth.

    Real texts are near copies of each other too: of names of dinosaurs 19 %, of paints 3 %, of captions 4 %, of Tang
    quatrains 6 %, of verses of the Bible 3 % (512 of each beside at most 20,000 others).
    """

    name = "near-copied"
    modalities = frozenset({"text"})
    drawn = True
    reference = "trained on"
    role = Role.COPIED
    leeway = 10.0

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .near_copies import count_near_copies

        return {"near copied share": count_near_copies(real.tolist(), fake.tolist()) / len(fake)}
