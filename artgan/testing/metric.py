"""Checks of metrics, on pictures, on texts, or on samples that are given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Metric
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .process_state import changed_switches, isolated, seed_all

SHAPES = (3, 32, 32), (1, 17, 12)
SAMPLES = 80


@dataclass(frozen=True)
class Exhibit:
    """Samples to measure.

    Attributes:
        metric: what is checked.
        real: compact real samples.
        fake: compact generated samples, fewer.
    """

    metric: Metric
    real: NDArray[Any]
    fake: NDArray[Any]

    def measure(
        self, real: NDArray[Any], fake: NDArray[Any], what: str = "measure()", seed: int = 0
    ) -> dict[str, float]:
        """Return the numbers of samples, which are read-only as memory-mapped ones are."""
        real, fake = real.copy(), fake.copy()
        real.flags.writeable = fake.flags.writeable = False
        seed_all(seed)
        with attempt(what):
            numbers = self.metric.measure(real, fake)
        if not isinstance(numbers, Mapping):
            raise BrokenError(f"{what} returned {type(numbers).__name__}: return a mapping from names to numbers")
        return dict(numbers)


def find_faults(component: Metric, samples: NDArray[Any] | None) -> Findings:
    """Return what is wrong with a metric."""
    findings = Findings()
    with isolated():
        findings.look(DECLARATION, component)
        usual = _pictures() if component.serves("image", "pixels") else _texts()
        for given in usual if samples is None else [samples]:
            count = len(given) * 3 // 5
            exhibit = Exhibit(component, given[:count], given[count:])
            place = f"samples of {given.shape[1:]}"
            if findings.look([runs], exhibit, place):
                findings.look(METRIC, exhibit, place)
    return findings


def runs(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that fail at once."""
    exhibit.measure(exhibit.real, exhibit.fake)
    return iter(())


def gives_named_numbers(exhibit: Exhibit) -> Iterator[str]:
    """Find what a log cannot hold."""
    numbers = exhibit.measure(exhibit.real, exhibit.fake)
    if not numbers:
        yield "measure() gives no number: give at least one"
    for name, number in numbers.items():
        if not isinstance(name, str) or not name:
            yield f"a number is called {name!r}: use a word"
        if isinstance(number, bool) or not isinstance(number, float | int):
            yield f"{name} is a {type(number).__name__}: make it a float"
        elif not math.isfinite(number):
            yield f"{name} is {number}: give a finite number"


def measures_collapsed_samples(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that fail when all fakes are the same, which is when they are needed."""
    fake = np.repeat(exhibit.fake[:1], len(exhibit.fake), axis=0)
    numbers = exhibit.measure(exhibit.real, fake, what="measure() of fakes that are all the same")
    for name, number in numbers.items():
        if isinstance(number, float | int) and not math.isfinite(number):
            yield f"{name} is {number} where all fakes are the same: give a finite number"


def measures_any_numbers_of_samples(exhibit: Exhibit) -> Iterator[str]:
    """Find metrics that want as many fakes as reals, or more of either."""
    for real, fake in ((exhibit.fake, exhibit.real), (exhibit.real, exhibit.real)):
        numbers = exhibit.measure(real, fake, what=f"measure() of {len(real)} reals and {len(fake)} fakes")
        if set(numbers) != set(exhibit.measure(exhibit.real, exhibit.fake)):
            yield "the names of the numbers depend on how many samples there are: give the same names always"


def gives_the_same_again(exhibit: Exhibit) -> Iterator[str]:
    """Find randomness."""
    with changed_switches() as changed:
        first, second = (exhibit.measure(exhibit.real, exhibit.fake, seed=seed) for seed in (1, 2))
    if not _alike(first, second):
        yield "measure() gives something else each time: draw from a generator with a fixed seed"
    for name in changed:
        yield f"measure() changes {name}: leave torch's settings alone"


def ignores_the_order(exhibit: Exhibit) -> Iterator[str]:
    """Find numbers that depend on how samples are sorted."""
    expected = exhibit.measure(exhibit.real, exhibit.fake)
    random = np.random.default_rng(0)
    for which in ("real", "fake"):
        samples = {"real": exhibit.real, "fake": exhibit.fake}
        samples[which] = random.permutation(samples[which])
        if not _alike(expected, exhibit.measure(samples["real"], samples["fake"])):
            yield f"measure() depends on the order of the {which} samples: use them as a set"


def _alike(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    return set(first) == set(second) and all(
        math.isclose(first[name], second[name], rel_tol=1e-4, abs_tol=1e-6)
        or (math.isnan(first[name]) and math.isnan(second[name]))
        for name in first
    )


def _texts() -> Iterator[NDArray[Any]]:
    random = np.random.default_rng(1)
    for letters, lines in (("aeiou nrst", 1), ("山水風月花鳥雲雨", 2)):
        texts = np.empty(SAMPLES, object)
        for number in range(SAMPLES):
            texts[number] = "\n".join("".join(random.choice([*letters], 5)) for _ in range(lines))
        yield texts


def _pictures() -> Iterator[NDArray[Any]]:
    for shape in SHAPES:
        random = np.random.default_rng(1)
        brightness = random.integers(40, 216, (SAMPLES, 1, 1, 1))
        yield (brightness + random.integers(-40, 40, (SAMPLES, *shape))).astype(np.uint8)


METRIC = [
    gives_named_numbers,
    measures_collapsed_samples,
    measures_any_numbers_of_samples,
    gives_the_same_again,
    ignores_the_order,
]
