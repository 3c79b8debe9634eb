"""What the metrics of tunes and of pieces share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from artgan.interfaces import Comparison, Copies, Metric, Number, Pair, Role, Samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .energy_distance import Rows

SPREAD = 1.96
"""Standard errors in half a 95 % interval."""
MOST = 500
"""Works of each side whose distances are taken, each to each."""
HALF = 0.5
SHOWN = 8
"""Copies that people are shown."""


class WithBars(Protocol):
    """A tune or a piece."""

    @property
    def bars(self) -> Sequence[object]:
        """Each of which can be compared with others."""


T = TypeVar("T")
M = TypeVar("M", bound=WithBars)


@dataclass(frozen=True)
class MusicMetric(Metric, Generic[M]):
    """A metric of tunes or of pieces."""

    interval = "own"

    @abstractmethod
    def works(self, texts: NDArray[Any]) -> list[M]:
        """Return what texts (N,) tell."""

    def lots(self, works: Sequence[M]) -> NDArray[np.int64]:
        """Return the number of what each was cut from, (N,): works of one lot are alike, and tell less than as many."""
        import numpy as np

        return np.arange(len(works))

    def read(self, samples: Samples) -> list[M]:
        """Return the works of samples, read once for all metrics."""
        return samples.once("music", lambda: self.works(samples.readable))


@dataclass(frozen=True)
class Means(MusicMetric[M]):
    """Numbers that are means over works."""

    @abstractmethod
    def of_each(self, works: Sequence[M]) -> Mapping[str, NDArray[np.float64]]:
        """Return the numbers of each work, by name."""

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        return {name: float(values.mean()) for name, values in self.of_each(self.works(fake)).items()}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        works = self.read(comparison.fake)
        lots = self.lots(works)
        return {name: mean_of(values, lots) for name, values in self.of_each(works).items()}


@dataclass(frozen=True)
class Distance(MusicMetric[M]):
    """The energy distance of works to real ones."""

    paper = "Székely and Rizzo 2013, doi:10.1016/j.jspi.2013.03.018"
    judges = True
    label: ClassVar[str]

    @abstractmethod
    def numbers_of(self, work: M) -> NDArray[np.float64]:
        """Return what is compared of one."""

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .energy_distance import energy_distance

        return {self.label: energy_distance(*(self._rows(self.works(side)) for side in (real, fake))).value}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        from .energy_distance import energy_distance

        return {self.label: energy_distance(self._kept(comparison.held_out), self._kept(comparison.fake))}

    def _kept(self, samples: Samples) -> Rows:
        return samples.once((Distance, "rows"), lambda: self._rows(self.read(samples)))

    def _rows(self, works: Sequence[M]) -> Rows:
        import numpy as np

        from .energy_distance import Rows

        lots = self.lots(works)
        places = spread(range(len(works)), MOST)
        return Rows(np.stack([self.numbers_of(works[place]) for place in places]), lots[places])


@dataclass(frozen=True)
class Copied(MusicMetric[M]):
    """The share of works that have half of their bars from one that was trained on."""

    reference = "trained on"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        common, _ = bars_in_common(self.works(real), self.works(fake))
        return {"half copied": float((common >= HALF).mean())}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        works = self.read(comparison.fake)
        return {"half copied": _copied(*bars_in_common(self.read(comparison.train), works), self.lots(works))}


def spread(works: Sequence[T], most: int) -> list[T]:
    """Return at most so many, at equal distances."""
    count = min(most, len(works))
    return [works[number * len(works) // count] for number in range(count)]


def mean_of(values: NDArray[np.float64], lots: NDArray[np.int64]) -> Number:
    """Return the mean of what was counted of each, with half its 95 % interval.

    Its error is that of a mean over lots of any size (Cochran 1977, section 9A.2); of one lot there is none.
    """
    import numpy as np

    mean = float(values.mean())
    _, places = np.unique(lots, return_inverse=True)
    apart = np.bincount(places, values - mean)
    if len(apart) < 2:
        return Number(mean)
    error = (len(apart) / (len(apart) - 1) * float((apart**2).sum())) ** 0.5 / len(values)
    return Number(mean, SPREAD * error)


def _copied(common: NDArray[np.float64], nearest: NDArray[np.int64], lots: NDArray[np.int64]) -> Number:
    """Return the share that have half of their bars from one, as `bars_in_common` tells, and the nearest."""
    import numpy as np

    order = np.argsort(-common, kind="stable")[:SHOWN]
    pairs = tuple(Pair(int(place), int(nearest[place])) for place in order)
    share = mean_of((common >= HALF).astype(np.float64), lots)
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
