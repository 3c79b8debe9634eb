"""The metrics of tunes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from artgan.interfaces import Comparison, Copies, Metric, Number, Pair, Role, Samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .tune import Tune

SPREAD = 1.96
"""Standard errors in half a 95 % interval."""
OVERLAPPED, MOST = 100, 500
"""Tunes of each side whose distances are taken, each to each, for the overlap and for the energy distance."""
PHRASE = 6
"""Events of a phrase that may be known."""
HALF = 0.5
SHOWN = 8
"""Copies that people are shown."""

T = TypeVar("T")


class WithBars(Protocol):
    """A tune or a piece."""

    @property
    def bars(self) -> Sequence[object]:
        """Each of which can be compared with others."""


@dataclass(frozen=True)
class MusicMetric(Metric):
    """What all metrics of tunes share."""

    modalities = frozenset({"music"})
    interval = "own"


@dataclass(frozen=True)
class TuneMetric(MusicMetric):
    """Numbers that are means over tunes."""

    numbers: ClassVar[tuple[str, ...]] = ()

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        return {name: float(values.mean()) for name, values in self._of_each(_tunes(fake)).items()}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        return {name: mean_of(values) for name, values in self._of_each(_read(comparison.fake)).items()}

    def _of_each(self, tunes: list[Tune]) -> dict[str, NDArray[np.float64]]:
        """Return the numbers of each tune, by name."""
        import numpy as np

        from .features import EACH

        return {name: np.array([EACH[name](tune) for tune in tunes]) for name in self.numbers}


@dataclass(frozen=True)
class Form(TuneMetric):
    """The share of eighths that sound as 1, 2, 4 and 8 bars before, and of bars that come again."""

    name = "form"
    drawn = True
    meaning = "what comes again; as much as in real tunes is best"
    numbers = ("form at 8 bars", "form at 4 bars", "form at 2 bars", "form at 1 bar", "repeated bars")


@dataclass(frozen=True)
class Cadence(TuneMetric):
    """The share of tunes that close on the note on which their first half does."""

    name = "cadence"
    drawn = True
    meaning = "share of tunes that close as their first half does"
    numbers = ("cadence",)


@dataclass(frozen=True)
class Style(TuneMetric):
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
        return {name: float(values.mean()) for name, values in self._full(_tunes(fake), _usual(_tunes(real))).items()}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        full = self._full(_read(comparison.fake), _usual(_read(comparison.held_out)))
        return {name: mean_of(values) for name, values in full.items()}

    def _full(self, tunes: list[Tune], count: int) -> dict[str, NDArray[np.float64]]:
        import numpy as np

        from .features import full_bars

        shares = np.array([full_bars(tune) for tune in tunes])
        lengths = np.array([len(tune.bars) for tune in tunes])
        return {"full bars": shares, "whole tunes": ((shares == 1) & (lengths == count)).astype(np.float64)}


@dataclass(frozen=True)
class Overlap(MusicMetric):
    """The overlapped area of tunes and real ones in nine features of pitch and rhythm; 1 is best."""

    name = "overlap"
    paper = "Yang and Lerch 2020, doi:10.1007/s00521-018-3849-7"
    meaning = "what distances to real tunes have in common with those among them; 1 is best"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .overlap import overlaps

        found = overlaps(spread(_tunes(real), OVERLAPPED), spread(_tunes(fake), OVERLAPPED))
        mean = sum(found.values()) / len(found)
        return {"overlap": mean, **{f"overlap of {name}": value for name, value in found.items()}}


@dataclass(frozen=True)
class TuneDistance(MusicMetric):
    """The energy distance of tunes to real ones, by form, scale, rhythm, close and histograms; 0 is best."""

    name = "tune-distance"
    paper = "Székely and Rizzo 2013, doi:10.1016/j.jspi.2013.03.018"
    judges = True
    meaning = "how far tunes are from real ones; 0 is best"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        import numpy as np

        from .features import numbers_of

        mine, other = (np.stack([numbers_of(tune) for tune in spread(_tunes(tunes), MOST)]) for tunes in (real, fake))
        return {"tune distance": energy_distance(mine, other)}


@dataclass(frozen=True)
class Originality(MusicMetric):
    """The share of tunes that have half of their bars from one trained on, and of phrases from any."""

    name = "originality"
    reference = "trained on"
    meaning = "share of tunes with half of their bars from one tune, and of phrases of six notes that are known"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        common, _ = bars_in_common(_tunes(real), _tunes(fake))
        known = _known_phrases(_tunes(real), _tunes(fake))
        return {"half copied": float((common >= HALF).mean()), "known phrases": float(known.mean())}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        train, fake = _read(comparison.train), _read(comparison.fake)
        return {
            "half copied": copied(*bars_in_common(train, fake)),
            "known phrases": mean_of(_known_phrases(train, fake)),
        }


METRICS: list[type[Metric]] = [Bars, Form, Cadence, Style, Overlap, Originality, TuneDistance]


def _tunes(texts: NDArray[Any]) -> list[Tune]:
    from .tune import Tune

    return [Tune.of_text(text) for text in texts]


def _read(samples: Samples) -> list[Tune]:
    return samples.once("tunes", lambda: _tunes(samples.readable))


def spread(tunes: list[T], most: int) -> list[T]:
    """Return at most so many tunes, at equal distances."""
    count = min(most, len(tunes))
    return [tunes[number * len(tunes) // count] for number in range(count)]


def _usual(tunes: list[Tune]) -> int:
    from statistics import mode

    return mode(len(tune.bars) for tune in tunes)


def mean_of(values: NDArray[np.float64]) -> Number:
    """Return the mean of what was counted of each, with half its 95 % interval."""
    error = float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else None
    return Number(float(values.mean()), None if error is None else SPREAD * error)


def energy_distance(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
    """Return the unbiased energy distance of rows, each column in units of the real ones' standard deviation."""
    import numpy as np

    kept = real.std(0) > 0
    unit = real[:, kept].std(0)
    mine, other = real[:, kept] / unit, fake[:, kept] / unit

    def distances(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
        return np.asarray(np.sqrt(np.maximum(squares, 0)))

    def within(rows: NDArray[np.float64]) -> float:
        between = distances(rows, rows)
        np.fill_diagonal(between, 0)
        return float(between.sum()) / max(1, len(rows) * (len(rows) - 1))

    return float(2 * distances(mine, other).mean() - within(mine) - within(other))


def copied(common: NDArray[np.float64], nearest: NDArray[np.int64]) -> Number:
    """Return the share that have half of their bars from one, as `bars_in_common` tells, and the nearest."""
    import numpy as np

    order = np.argsort(-common, kind="stable")[:SHOWN]
    pairs = tuple(Pair(int(place), int(nearest[place])) for place in order)
    share = mean_of((common >= HALF).astype(np.float64))
    return Number(share.value, share.margin, role=Role.COPIED, copies=Copies(int((common >= HALF).sum()), pairs))


def bars_in_common(
    train: Sequence[WithBars], tunes: Sequence[WithBars]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return for each tune the share of its bars that stand in the one that has most of them, and which this is."""
    from collections import Counter

    import numpy as np

    places: dict[object, list[int]] = {}
    for place, tune in enumerate(train):
        for bar in set(tune.bars):
            places.setdefault(bar, []).append(place)

    shares, nearest = np.zeros(len(tunes)), np.zeros(len(tunes), np.int64)
    for row, tune in enumerate(tunes):
        counts = Counter(place for bar in tune.bars for place in places.get(bar, ()))
        if counts:
            nearest[row], common = min(counts.items(), key=lambda item: (-item[1], item[0]))
            shares[row] = common / len(tune.bars)
    return shares, nearest


def _known_phrases(train: list[Tune], tunes: list[Tune]) -> NDArray[np.float64]:
    """Return the share of each tune's phrases of six events that stand in one that was trained on."""
    import numpy as np

    def phrases(tune: Tune) -> list[tuple[object, ...]]:
        events = tune.events
        return [tuple(events[place : place + PHRASE]) for place in range(len(events) - PHRASE + 1)]

    known = {phrase for tune in train for phrase in phrases(tune)}
    shares = [[phrase in known for phrase in phrases(tune)] for tune in tunes]
    return np.array([sum(share) / max(1, len(share)) for share in shares])
