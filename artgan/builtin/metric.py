"""The built-in metrics, quick enough to be measured while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

COPIED = "copied share"
MOST = 1000
"""Texts of each side whose n-grams are compared at most, in about a second."""


@dataclass(frozen=True)
class Diversity(Metric):
    """How unlike each other pictures are: the mean distance of two, at 8 x 8, as a share of the range of levels.

    It falls towards zero where a generator comes to make one picture again and again.
    """

    name = "diversity"
    modalities = frozenset({"image"})
    drawn = True

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        import torch
        from torch.nn.functional import adaptive_avg_pool2d

        small = adaptive_avg_pool2d(torch.from_numpy(fake[:512] / 255), 8).flatten(1)
        apart = torch.pdist(small).square().mean() / small.shape[1] if len(small) > 1 else torch.zeros(())
        return {"diversity": float(apart.sqrt())}


@dataclass(frozen=True)
class Frechet(Metric):
    """The Fréchet distance of pictures on the built-in features, which need no download; less is better.

    It ranks generators of one data set by texture, colour and coarse shape. Compare only at equal numbers of samples.
    """

    name = "frechet"
    modalities = frozenset({"image"})
    paper = "Heusel et al. 2017, arXiv:1706.08500"
    judges = True

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from artgan.evaluation.distances import frechet
        from artgan.evaluation.feature_extractor import Looking

        from .features import RandomFeatures

        look = Looking(RandomFeatures())
        return {look.named("Fréchet distance"): frechet(look(real), look(fake))}


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
        from artgan.evaluation.ngrams import ngram_distance

        return {"n-gram distance": 1000 * ngram_distance(_spread(real), _spread(fake))}


def _spread(texts: NDArray[Any]) -> list[str]:
    """Return at most `MOST` texts, at equal distances."""
    count = min(MOST, len(texts))
    return [texts[number * len(texts) // count] for number in range(count)]


@dataclass(frozen=True)
class Tones(Metric):
    """Tone alternation of classical Chinese verse: how often the second and fourth character of a line differ in tone.

    By the rules of regulated verse one is level, the other oblique; chance is about one half. Lines of other lengths
    than five and seven, and characters of unknown tone, do not count.
    """

    name = "tones"
    modalities = frozenset({"text"})
    drawn = True

    def applies(self, spec: Spec) -> bool:
        return spec.presentation.get("lang", "").split("-")[0] == "zh"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        tones, judged = _tones(), []
        for line in (line for text in fake for line in text.split("\n") if len(line) in (5, 7)):
            second, fourth = tones.get(line[1]), tones.get(line[3])
            if second and fourth:
                judged.append(second != fourth)
        return {"tone alternation": sum(judged) / len(judged) if judged else 0.0}


@dataclass(frozen=True)
class Copied(Metric):
    """The share of texts that stand in the real ones word for word."""

    name = "copied"
    modalities = frozenset({"text"})
    drawn = True

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        known = set(real)
        return {COPIED: sum(text in known for text in fake) / len(fake)}


@dataclass(frozen=True)
class Distinct(Metric):
    """The share of pairs of neighbouring tokens, over all texts, that are different ones (distinct-2)."""

    name = "distinct"
    modalities = frozenset({"text"})
    paper = "Li et al. 2016, arXiv:1510.03055"
    drawn = True

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        pairs = [pair for text in fake for pair in pairwise(text.split() if " " in text else text)]
        return {"distinct-2": len(set(pairs)) / len(pairs) if pairs else 0.0}


@cache
def _tones() -> dict[str, str]:
    from .dataset.texts import DATA

    rows = (DATA / "tones.tsv").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t") for row in rows)
