"""The metrics that are offered for a kind of art, each in its own guard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ArtganError, describe, one_line, printable
from ..interfaces import Comparison, FeatureExtractor, Metric, Modality, Number, Samples, Spec
from ..shell import command
from .registry import Registry, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tell = Callable[[str], None]


class Measurement(NamedTuple):
    """What a metric measured.

    Attributes:
        values: the finite numbers by name.
        main: the name of the first that it gave; where it was faulty, it is not among the values.
    """

    values: dict[str, float]
    main: str


class MetricRunner:
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

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Measurement:
        """Return what is measured of samples, as `Metric.measure` takes them."""
        given = self._given("measure", lambda: self.metric.measure(Samples(real).compact, Samples(fake).compact))
        values = {name: number.value for name, number in self._numbers(given).items()}
        return Measurement(values, next(iter(given), ""))

    def compare(self, comparison: Comparison) -> dict[str, Number]:
        """Return what is measured of a comparison, each number with what it means and tells."""
        method = "measure" if type(self.metric).compare is Metric.compare else "compare"
        numbers = self._numbers(self._given(method, lambda: self.metric.compare(comparison)))
        meaning, role = self.metric.meaning or self.metric.summary(), self.metric.role
        return {
            name: replace(number, meaning=number.meaning or meaning, role=number.role or role)
            for name, number in numbers.items()
        }

    def refusal(self, extractor: FeatureExtractor | None) -> str:
        """Return in words why it cannot be taken on some features, or without any; empty where it can."""
        if extractor is None:
            return f"metric {self.name} needs features" if self.metric.on_features else ""
        return self.metric.refusal(extractor)

    def cost(self, samples: int, features: int) -> float:
        """Return about how long it takes, in any unit, above zero."""
        return max(float(self.metric.cost(samples, features)), 1e-9)

    def _given(self, method: str, call: Callable[[], object]) -> Mapping[Any, Any]:
        """Return what a method of the metric gives, or nothing where it fails or gives no names with numbers."""
        try:
            given = call()
        except ArtganError as error:
            self._fault(type(error).__name__, one_line(error))
        except (Exception, SystemExit) as error:
            self._fault(type(error).__name__, f"{method} raised {describe(error)}")
        else:
            if isinstance(given, Mapping):
                if not given:
                    self._fault("nothing", f"{method} returned no number")
                return given
            self._fault("mapping", f"{method} returned {type(given).__name__}, not names with numbers")
        return {}

    def _numbers(self, given: Mapping[Any, Any]) -> dict[str, Number]:
        """Return the numbers that are right."""
        found = {}
        for name, number in given.items():
            if fault := _wrong(name, number):
                self._fault(str(name), fault)
            elif isinstance(number, Number):
                found[name] = replace(number, value=float(number.value))
            else:
                found[name] = Number(float(number))
        return found

    def _fault(self, kind: str, fault: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._tell(_line(self.name, self._source, fault))


def metric_runners(registry: Registry, spec: Spec, tell: Tell) -> Iterator[MetricRunner]:
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
            tell(_line(offered.name, source, f"it raised {describe(error)}"))
            continue
        if applies:
            yield MetricRunner(metric, source, tell)


def _wrong(name: object, number: object) -> str:
    if not isinstance(name, str) or not name:
        return f"a number is called {printable(repr(name))}, which is no word"
    if isinstance(number, Number):
        margin = _wrong(f"the margin of {name}", number.margin) if number.margin is not None else ""
        return _wrong(name, number.value) or margin
    if isinstance(number, bool) or not isinstance(number, Real):
        return f"{printable(name)} is a {type(number).__name__}, not a number"
    return "" if math.isfinite(number) else f"{printable(name)} is {number}"


def _line(name: str, source: Source, fault: str) -> str:
    line = f"metric {name} ({source}): {fault}; left out"
    if source.distribution == "artgan":
        return line
    return f"{line}; {command('artgan', 'plugins', 'check', source.distribution)} says more"
