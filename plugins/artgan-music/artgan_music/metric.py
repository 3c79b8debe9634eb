"""The metrics of tunes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from artgan.interfaces import Comparison, Metric, Number

from .music_metric import Copied, Distance, Means, MusicMetric, mean_of, spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .tune import Tune

OVERLAPPED = 100
"""Tunes of each side whose distances are taken, each to each, for the overlap."""
PHRASE = 6
"""Events of a phrase that may be known."""


@dataclass(frozen=True)
class TuneMetric(MusicMetric["Tune"]):
    """What all metrics of tunes share."""

    modalities = frozenset({"music"})

    def works(self, texts: NDArray[Any]) -> list[Tune]:
        from .tune import Tune

        return [Tune.of_text(text) for text in texts]


@dataclass(frozen=True)
class TuneMeans(TuneMetric, Means["Tune"]):
    """Numbers that are means over tunes."""

    numbers: ClassVar[tuple[str, ...]] = ()

    def of_each(self, works: Sequence[Tune]) -> Mapping[str, NDArray[np.float64]]:
        import numpy as np

        from .features import EACH

        return {name: np.array([EACH[name](tune) for tune in works]) for name in self.numbers}


@dataclass(frozen=True)
class Form(TuneMeans):
    """The share of eighths that sound as 1, 2, 4 and 8 bars before, and of bars that come again."""

    name = "form"
    drawn = True
    meaning = "what comes again; as much as in real tunes is best"
    numbers = ("form at 8 bars", "form at 4 bars", "form at 2 bars", "form at 1 bar", "repeated bars")


@dataclass(frozen=True)
class Cadence(TuneMeans):
    """The share of tunes that close on the note on which their first half does."""

    name = "cadence"
    drawn = True
    meaning = "share of tunes that close as their first half does"
    numbers = ("cadence",)


@dataclass(frozen=True)
class Style(TuneMeans):
    """The share of notes in the scale, and of eighths on which neighbouring bars have the same rhythm."""

    name = "style"
    paper = "Wu and Yang 2020, arXiv:2008.01307"
    meaning = "notes in the scale, and rhythm that is kept; as much as in real tunes is best"
    numbers = ("scale", "groove")


@dataclass(frozen=True)
class Bars(TuneMetric):
    """The share of bars that are full, and of tunes of which all are, as many as in real tunes."""

    name = "bars"
    meaning = "share of full bars, and of tunes of full bars alone"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        full = self._full(self.works(fake), _usual(self.works(real)))
        return {name: float(values.mean()) for name, values in full.items()}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        tunes = self.read(comparison.fake)
        full = self._full(tunes, _usual(self.read(comparison.held_out)))
        return {name: mean_of(values, self.lots(tunes)) for name, values in full.items()}

    def _full(self, tunes: list[Tune], count: int) -> dict[str, NDArray[np.float64]]:
        import numpy as np

        from .features import full_bars

        shares = np.array([full_bars(tune) for tune in tunes])
        lengths = np.array([len(tune.bars) for tune in tunes])
        return {"full bars": shares, "whole tunes": ((shares == 1) & (lengths == count)).astype(np.float64)}


@dataclass(frozen=True)
class Overlap(TuneMetric):
    """The overlapped area of tunes and real ones in nine features of pitch and rhythm; 1 is best."""

    name = "overlap"
    paper = "Yang and Lerch 2020, doi:10.1007/s00521-018-3849-7"
    meaning = "what distances to real tunes have in common with those among them; 1 is best"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .overlap import overlaps

        found = overlaps(*(spread(self.works(side), OVERLAPPED) for side in (real, fake)))
        mean = sum(found.values()) / len(found)
        return {"overlap": mean, **{f"overlap of {name}": value for name, value in found.items()}}


@dataclass(frozen=True)
class TuneDistance(TuneMetric, Distance["Tune"]):
    """The energy distance of tunes to real ones, by form, scale, rhythm, close and histograms; 0 is best."""

    name = "tune-distance"
    meaning = "how far tunes are from real ones; 0 is best"
    label = "tune distance"

    def numbers_of(self, work: Tune) -> NDArray[np.float64]:
        from .features import numbers_of

        return numbers_of(work)


@dataclass(frozen=True)
class Originality(TuneMetric, Copied["Tune"]):
    """The share of tunes that have half of their bars from one trained on, and of phrases from any."""

    name = "originality"
    meaning = "share of tunes with half of their bars from one tune, and of phrases of six notes that are known"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        known = _known_phrases(self.works(real), self.works(fake))
        return {**super().measure(real, fake), "known phrases": float(known.mean())}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        tunes = self.read(comparison.fake)
        known = _known_phrases(self.read(comparison.train), tunes)
        return {**super().compare(comparison), "known phrases": mean_of(known, self.lots(tunes))}


METRICS: list[type[Metric]] = [Bars, Form, Cadence, Style, Overlap, Originality, TuneDistance]


def _usual(tunes: list[Tune]) -> int:
    from statistics import mode

    return mode(len(tune.bars) for tune in tunes)


def _known_phrases(train: list[Tune], tunes: list[Tune]) -> NDArray[np.float64]:
    """Return the share of each tune's phrases of six events that stand in one that was trained on."""
    import numpy as np

    def phrases(tune: Tune) -> list[tuple[object, ...]]:
        events = tune.events
        return [tuple(events[place : place + PHRASE]) for place in range(len(events) - PHRASE + 1)]

    known = {phrase for tune in train for phrase in phrases(tune)}
    shares = [[phrase in known for phrase in phrases(tune)] for tune in tunes]
    return np.array([sum(share) / max(1, len(share)) for share in shares])
