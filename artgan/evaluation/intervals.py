"""What metrics measure of a comparison, each number with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from ..interfaces import Comparison, Number, Samples
from ..interfaces.metric import Reference
from ..plugins.metric_runner import MetricRunner

REPEATS, SPREAD = 10, 1.96
"""Halves, or sets, whose spread is taken; standard deviations in half a 95 % interval."""

REFERENCES: tuple[Reference, ...] = ("held out", "trained on")
Side = Literal["fake", "real"]


def measured(
    runners: Sequence[MetricRunner],
    *,
    whole: Comparison,
    part: Comparison,
    of_real: bool = False,
    drawn_first: Side = "fake",
) -> dict[str, Number]:
    """Return what metrics measure, by name, each number with its interval as `Metric.interval` has it.

    What cannot be measured of two halves has no interval, and is left out.

    Args:
        runners: the metrics, in the order in which their numbers are told.
        whole: all samples that there are, for metrics that give their own intervals.
        part: those that are compared at a time.
        of_real: measure real samples in place of generated ones: for each metric those that it does not compare with.
        drawn_first: the side whose halves are drawn first, so that intervals stay what they are.
    """
    found: dict[MetricRunner, dict[str, Number]] = {}
    for reference in REFERENCES:
        group = [runner for runner in runners if runner.metric.reference == reference]
        all_samples, compared = (_of_real(each, reference) if of_real else each for each in (whole, part))
        halved = []
        for runner in group:
            if runner.metric.interval == "own":
                found[runner] = runner.compare(all_samples)
            elif runner.metric.interval == "sets" and len(sets := _sets(all_samples, compared)) > 1:
                found[runner] = _over_sets(runner, sets)
            else:
                halved.append(runner)
        found |= _over_halves(halved, compared, reference, drawn_first)

    # the first of each name stands
    numbers: dict[str, Number] = {}
    for runner in runners:
        for name, number in found[runner].items():
            numbers.setdefault(name, number)
    return numbers


def _of_real(comparison: Comparison, reference: Reference) -> Comparison:
    """Return a comparison of the real samples that are no reference, in place of generated ones."""
    fake = comparison.train if reference == "held out" else comparison.held_out
    return replace(comparison, fake=fake, whose="real samples", of_real=True)


def _sets(whole: Comparison, part: Comparison) -> list[Comparison]:
    """Return comparisons of disjoint sets of works, each as many as in a part; none of real ones."""
    size = len(part.fake)
    count = 0 if part.of_real else min(REPEATS, len(whole.fake) // size)
    return [replace(part, fake=whole.fake.part(slice(number * size, (number + 1) * size))) for number in range(count)]


def _over_sets(runner: MetricRunner, sets: Sequence[Comparison]) -> dict[str, Number]:
    """Return the mean over sets of what is measured of each, with the spread over them."""
    what = f"{runner.name} of {sets[0].whose}"
    drawn = []
    for done, comparison in enumerate(sets):
        comparison.progress(what, done, len(sets))
        drawn.append(runner.compare(comparison))
    sets[0].progress(what, len(sets), len(sets))

    found = {}
    for name, number in drawn[0].items():
        values = [numbers[name].value for numbers in drawn if name in numbers]
        if len(values) > 1:
            found[name] = replace(number, value=float(np.mean(values)), margin=_margin(values))
    return found


def _over_halves(
    runners: Iterable[MetricRunner], comparison: Comparison, reference: Reference, drawn_first: Side
) -> dict[MetricRunner, dict[str, Number]]:
    """Return what is measured of the whole, with the spread over halves drawn without replacement.

    Halves are drawn one after another for all metrics at once, so that what they share is computed once, and given up.
    """
    found: dict[MetricRunner, dict[str, Number]] = {}
    for runner in runners:
        comparison.progress(f"{runner.name} of {comparison.whose}", 0, REPEATS + 1)
        found[runner] = runner.compare(comparison)

    values = {(runner, name): list[float]() for runner, numbers in found.items() for name in numbers}
    for done, half in enumerate(_halves(comparison, reference, drawn_first) if values else ()):
        for runner in found:
            comparison.progress(f"{runner.name} of {comparison.whose}", done + 1, REPEATS + 1)
            for name, number in runner.compare(half).items() if found[runner] else ():
                values.setdefault((runner, name), []).append(number.value)

    for runner in found:
        comparison.progress(f"{runner.name} of {comparison.whose}", REPEATS + 1, REPEATS + 1)
    return {
        runner: {
            name: replace(number, margin=_margin(values[runner, name]))
            for name, number in numbers.items()
            if len(values[runner, name]) > 1
        }
        for runner, numbers in found.items()
    }


def _halves(comparison: Comparison, reference: Reference, drawn_first: Side) -> Iterator[Comparison]:
    """Yield comparisons of half of the works with half of what they are compared with."""
    random = np.random.default_rng(0)
    fake, real = comparison.fake, comparison.held_out if reference == "held out" else comparison.train

    def half(side: Samples) -> Samples:
        return side.part(random.permutation(len(side))[: len(side) // 2])

    for _ in range(REPEATS):
        if drawn_first == "fake":
            works, others = half(fake), half(real)
        else:
            others, works = half(real), half(fake)
        if reference == "held out":
            yield replace(comparison, fake=works, held_out=others)
        else:
            yield replace(comparison, fake=works, train=others)


def _margin(values: Sequence[float]) -> float:
    return SPREAD * float(np.std(values, ddof=1))
