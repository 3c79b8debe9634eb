"""The metrics that are offered for a kind of art, each in its own guard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ArtganError, one_line, printable
from ..interfaces import Metric, Modality, Spec
from .registry import Registry, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tell = Callable[[str], None]


class Reading(NamedTuple):
    """What a metric measured.

    Attributes:
        values: the finite numbers by name.
        main: the name of the first that it gave; where it was faulty, it is not among the values.
    """

    values: dict[str, float]
    main: str


NOTHING = Reading({}, "")


class Gauge:
    """A metric whose faults are told in one line, once each, and cost nothing but its faulty numbers.

    Args:
        metric: what measures.
        source: where it came from.
        tell: told of what is wrong.
    """

    def __init__(self, metric: Metric, source: Source, tell: Tell) -> None:
        self.metric, self.name = metric, metric.name
        self._source, self._tell = source, tell
        self._told: set[str] = set()

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Reading:
        """Return what is measured of samples, as `Metric.measure` takes them."""
        try:
            given = self.metric.measure(_shut(real), _shut(fake))
        except ArtganError as error:
            self._fault(type(error).__name__, one_line(error))
        except (Exception, SystemExit) as error:
            self._fault(type(error).__name__, f"measure raised {_described(error)}")
        else:
            return self._read(given)
        return NOTHING

    def _read(self, given: object) -> Reading:
        if not isinstance(given, Mapping):
            self._fault("mapping", f"measure returned {type(given).__name__}, not names with numbers")
            return NOTHING
        if not given:
            self._fault("nothing", "measure returned no number")
        wrong = {name: fault for name, number in given.items() if (fault := _wrong(name, number))}
        for name, fault in wrong.items():
            self._fault(str(name), fault)
        values = {name: float(number) for name, number in given.items() if name not in wrong}
        return Reading(values, next(iter(given), ""))

    def _fault(self, kind: str, fault: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._tell(_line(self.name, self._source, fault))


def gauges(registry: Registry, spec: Spec, tell: Tell) -> Iterator[Gauge]:
    """Yield the metrics that have something to say about such data, by name.

    Args:
        registry: where they are looked up.
        spec: what samples are like.
        tell: told in one line of what is wrong with one of them.
    """
    representation = registry.get(Modality, spec.modality).representation
    for name in registry.names(Metric):
        offered = registry.get(Metric, name)
        source = registry.source(offered)
        try:
            metric = offered.configure({})
            applies = metric.serves(spec.modality, representation) and metric.applies(spec)
        except (Exception, SystemExit) as error:
            tell(_line(offered.name, source, f"it raised {_described(error)}"))
            continue
        if applies:
            yield Gauge(metric, source, tell)


def _wrong(name: object, number: object) -> str:
    if not isinstance(name, str) or not name:
        return f"a number is called {printable(repr(name))}, which is no word"
    if isinstance(number, bool) or not isinstance(number, Real):
        return f"{printable(name)} is a {type(number).__name__}, not a number"
    return "" if math.isfinite(number) else f"{printable(name)} is {number}"


def _line(name: str, source: Source, fault: str) -> str:
    line = f"metric {name} ({source}): {fault}; left out"
    advice = "" if source.distribution == "artgan" else f"; artgan plugins check {source.distribution} says more"
    return line + advice


def _shut(samples: NDArray[Any]) -> NDArray[Any]:
    """Return a view of samples that cannot be written to, for other metrics measure them too."""
    view = samples.view()
    view.flags.writeable = False
    return view


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {one_line(error)}" if str(error) else type(error).__name__
