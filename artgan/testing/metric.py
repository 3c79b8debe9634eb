"""Checks of metrics, on samples of each modality that they serve, or on samples that are given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Metric
from ..interfaces.metric import Interval, Reference
from ..plugins.registry import Registry
from .declaration import DECLARATION
from .findings import Findings, attempt
from .metric_case import Exhibit, find_comparisons
from .process_state import changed_switches, isolated


def find_faults(component: Metric, *, samples: NDArray[Any] | None, registry: Registry) -> Findings:
    """Return what is wrong with a metric.

    Args:
        component: the metric.
        samples: compact samples to measure, (N, ...); None for some of each modality that it serves.
        registry: where modalities are looked up.
    """
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        if not findings.find_faults(KNOWN, component):
            return findings
        for given in find_comparisons(component, samples=samples, registry=registry, findings=findings):
            place = f"samples of {given.fake.compact.shape[1:]}"
            for method in _methods(component):
                exhibit = Exhibit(component, given, method)
                if findings.find_faults([runs], exhibit, place):
                    findings.find_faults([*METRIC, *(AS_A_SET if method == "measure" else [])], exhibit, place)
    return findings


def says_how_it_measures(metric: Metric) -> Iterator[str]:
    """Find what nobody could go by."""
    if not _methods(metric):
        yield "it has neither measure() nor compare(): write the one, or where samples alone are too little the other"
    for name, value, choices in (
        ("reference", metric.reference, get_args(Reference)),
        ("interval", metric.interval, get_args(Interval)),
    ):
        if value not in choices:
            yield f"its {name} is {value!r}: take one of {', '.join(map(repr, choices))}"
    if (metric.drawn or metric.judges) and "measure" not in _methods(metric):
        yield "it is to be measured while training: write measure()"


def costs_more_of_more(metric: Metric) -> Iterator[str]:
    """Find costs by which no time can be told."""
    with attempt("cost()"):
        few, many = metric.cost(64, 64), metric.cost(1024, 64)
    if not 0 < few <= many < math.inf:
        yield f"cost() is {few} of 64 samples and {many} of 1,024: give a finite number that grows with them"


def _methods(metric: Metric) -> list[str]:
    """Return which of the two ways to measure it has; the comparison of one that measures is just that."""
    return [method for method in ("measure", "compare") if getattr(type(metric), method) is not getattr(Metric, method)]


def runs(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that fail at once."""
    exhibit.usual  # noqa: B018  (measured now)
    return iter(())


def gives_named_numbers(exhibit: Exhibit) -> Iterator[str]:
    """Find what a log cannot hold."""
    numbers = exhibit.usual
    if not numbers:
        yield f"{exhibit.method}() gives no number: give at least one"
    for name, number in numbers.items():
        if not isinstance(name, str) or not name:
            yield f"a number is called {name!r}: use a word"
        if isinstance(number, bool) or not isinstance(number, float | int):
            yield f"{name} is a {type(number).__name__}: make it a float"
        elif not math.isfinite(number):
            yield f"{name} is {number}: give a finite number"


def measures_collapsed_samples(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that fail when all fakes are the same, which is when they are needed."""
    fake = exhibit.fake.part(np.zeros(len(exhibit.fake), np.int64))
    numbers = exhibit.measure(fake=fake, what=" of fakes that are all the same")
    for name, number in numbers.items():
        if isinstance(number, float | int) and not math.isfinite(number):
            yield f"{name} is {number} where all fakes are the same: give a finite number"


def measures_any_numbers_of_samples(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that want as many fakes as reals, or more of either."""
    for real, fake in ((exhibit.fake, exhibit.real), (exhibit.real, exhibit.real)):
        numbers = exhibit.measure(real, fake, what=f" of {len(real)} reals and {len(fake)} fakes")
        if set(numbers) != set(exhibit.usual):
            yield "the names of the numbers depend on how many samples there are: give the same names always"


def gives_the_same_again(exhibit: Exhibit) -> Iterator[str]:
    """Find randomness."""
    with changed_switches() as changed:
        first, second = (exhibit.measure(fake=exhibit.fake.part(slice(None)), seed=seed) for seed in (1, 2))
    if not _alike(first, second):
        yield f"{exhibit.method}() gives something else each time: draw from a generator with a fixed seed"
    for name in changed:
        yield f"{exhibit.method}() changes {name}: leave torch's settings alone"


def ignores_the_order(exhibit: Exhibit) -> Iterator[str]:
    """Find numbers that depend on how samples are sorted."""
    expected = exhibit.usual
    random = np.random.default_rng(0)
    for which, samples in {"real": exhibit.real, "fake": exhibit.fake}.items():
        shuffled = samples.part(random.permutation(len(samples)))
        again = exhibit.measure(real=shuffled) if which == "real" else exhibit.measure(fake=shuffled)
        if not _alike(expected, again):
            yield f"{exhibit.method}() depends on the order of the {which} samples: use them as a set"


def _alike(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    return set(first) == set(second) and all(
        math.isclose(first[name], second[name], rel_tol=1e-4, abs_tol=1e-6)
        or (math.isnan(first[name]) and math.isnan(second[name]))
        for name in first
    )


KNOWN = [says_how_it_measures, costs_more_of_more]
METRIC = [
    gives_named_numbers,
    measures_collapsed_samples,
    measures_any_numbers_of_samples,
    gives_the_same_again,
]
AS_A_SET = [ignores_the_order]
"""What is asked of `Metric.measure`; a comparison may go by the places of samples, as one that takes every other."""
