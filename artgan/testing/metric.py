"""Checks of metrics, on pictures, on texts, or on samples that are given."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Comparison, Extractor, FeatureExtractor, Features, Metric, Number, Samples, Spec
from ..interfaces.metric import Interval, Reference
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .process_state import changed_switches, isolated, seed_all

SHAPES = (3, 32, 32), (1, 17, 12)
SAMPLES = 80
LINE = 5
"""Characters in a line of a made-up text."""


@dataclass(frozen=True)
class Means(Features):
    """The means of the channels of pictures and of their corners: what metrics are shown as features."""

    name = version = "means"
    size, resize = 2, "means of areas"

    def digest(self) -> str:
        return hashlib.sha256(b"no weights").hexdigest()

    def build(self) -> Extractor:
        from torch.nn.functional import adaptive_avg_pool2d

        def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
            found: NDArray[np.float64] = adaptive_avg_pool2d(self.as_rgb(pictures), 2).flatten(1).double().numpy()
            return found

        return extract

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        return {"mean": float(features.mean())}


@dataclass(frozen=True)
class Exhibit:
    """Samples to measure.

    Attributes:
        metric: what is checked.
        comparison: what it is shown.
        method: which of its methods is called, ``compare`` or ``measure``.
    """

    metric: Metric
    comparison: Comparison
    method: str

    @property
    def real(self) -> Samples:
        """The real samples that works are compared with."""
        return self.comparison.held_out if self.metric.reference == "held out" else self.comparison.train

    @property
    def fake(self) -> Samples:
        """The works, of another number."""
        return self.comparison.fake

    @cached_property
    def usual(self) -> dict[str, Any]:
        """The numbers of the samples as they are."""
        return self.measure()

    def measure(
        self, real: Samples | None = None, fake: Samples | None = None, what: str = "", seed: int = 0
    ) -> dict[str, Any]:
        """Return the numbers of samples, which are read-only as memory-mapped ones are.

        Args:
            real: in place of those that works are compared with.
            fake: in place of the works.
            what: what they are, in words.
            seed: of all random numbers.
        """
        real, fake = real or self.real, fake or self.fake
        comparison = replace(self.comparison, fake=fake)
        if self.metric.reference == "held out":
            comparison = replace(comparison, held_out=real)
        else:
            comparison = replace(comparison, train=real)

        seed_all(seed)
        with attempt(f"{self.method}(){what}"):
            if self.method == "measure":
                numbers: object = self.metric.measure(real.readable, fake.readable)
            else:
                numbers = self.metric.compare(comparison)

        if not isinstance(numbers, Mapping):
            raise BrokenError(
                f"{self.method}() returned {type(numbers).__name__}: return a mapping from names to numbers"
            )
        return {name: number.value if isinstance(number, Number) else number for name, number in numbers.items()}


def find_faults(component: Metric, samples: NDArray[Any] | None) -> Findings:
    """Return what is wrong with a metric."""
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        if not findings.find_faults(KNOWN, component):
            return findings
        usual = _pictures() if component.serves("image", "pixels") else _texts()
        for given in usual if samples is None else [_given(component, samples)]:
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


def _texts() -> Iterator[Comparison]:
    """Yield texts in a script with words, and in one without, as tokens that are characters."""
    for letters, lines in (("aeiou nrst", 1), ("山水風月花鳥雲雨", 2)):
        tokens = ("", *letters, "\n")
        random, length = np.random.default_rng(1), lines * (LINE + 1)
        samples = random.integers(1, len(letters) + 1, (SAMPLES, length)).astype(np.uint8)
        samples[:, LINE :: LINE + 1] = len(tokens) - 1
        samples[:, -1] = 0  # which ends a text
        spec = Spec("text", (length, len(tokens)), vocabulary=len(tokens), tokens=tokens)
        yield _comparison(spec, Samples(samples, for_metrics=partial(_as_text, tokens=tokens)))


def _as_text(rows: NDArray[Any], *, tokens: tuple[str, ...]) -> NDArray[Any]:
    texts = np.empty(len(rows), object)
    texts[:] = ["".join(tokens[token] for token in row) for row in rows]
    return texts


def _pictures() -> Iterator[Comparison]:
    for shape in SHAPES:
        random = np.random.default_rng(1)
        brightness = random.integers(40, 216, (SAMPLES, 1, 1, 1))
        pictures = (brightness + random.integers(-40, 40, (SAMPLES, *shape))).astype(np.uint8)
        yield _comparison(Spec("image", shape), _with_features(pictures))


def _given(metric: Metric, samples: NDArray[Any]) -> Comparison:
    """Return samples as a modality keeps them, in place of made-up ones."""
    modality = next(iter(sorted(metric.modalities)), "image")
    known = _with_features(samples) if metric.on_features else Samples(samples)
    return _comparison(Spec(modality, samples.shape[1:]), known)


def _with_features(pictures: NDArray[Any]) -> Samples:
    return Samples(pictures, extractor=FeatureExtractor(Means()))


def _comparison(spec: Spec, samples: Samples) -> Comparison:
    """Return a comparison of some samples with more others, as many of which are held out as trained on."""
    middle = len(samples) * 7 // 20
    count = 2 * middle
    return Comparison(
        spec=spec,
        fake=samples.part(slice(count, None)),
        held_out=samples.part(slice(middle)),
        train=samples.part(slice(middle, count)),
        extractor=FeatureExtractor(Means()),
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
