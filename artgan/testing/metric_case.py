"""What metrics are shown: samples of each modality that they serve."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Comparison, Extractor, FeatureExtractor, Features, Metric, Modality, Number, Samples, Spec
from ..plugins.registry import Registry
from .findings import BrokenError, Findings, attempt
from .network_case import USUAL, make_up, served_modalities
from .process_state import seed_all

SHAPES = (3, 32, 32), (1, 17, 12)
SAMPLES = 80
PARTS = 12
LINE = 5
"""Characters in a line of a made-up text."""


@dataclass(frozen=True)
class Means(Features):
    """The means of the parts of a sample: what metrics are shown as features."""

    name = version = "means"
    size, resize = 1, "none"

    def digest(self) -> str:
        return hashlib.sha256(b"no weights").hexdigest()

    def build(self) -> Extractor:
        def extract(samples: NDArray[Any]) -> NDArray[np.float64]:
            parts = np.array_split(samples.reshape(len(samples), -1), PARTS, axis=1)
            return np.stack([part.mean(1, dtype=np.float64) for part in parts], 1)

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


def find_comparisons(
    metric: Metric, *, samples: NDArray[Any] | None, registry: Registry, findings: Findings
) -> list[Comparison]:
    """Return what a metric is to be tried on: what it says it applies to, or all where that is nothing.

    Args:
        metric: what is checked.
        samples: compact samples, (N, ...), in place of made-up ones.
        registry: where modalities are looked up.
        findings: takes the faults.
    """
    if samples is not None:
        name = next(iter(sorted(metric.modalities)), "image")
        return [_comparison(Spec(name, samples.shape[1:]), _with_features(samples))]

    found: list[Comparison] = []
    try:
        for modality in served_modalities(metric, registry):
            if metric.on_features and modality.representation == "tokens":
                continue  # which have no features
            made_up = MADE_UP.get(modality.name)
            found += made_up() if made_up else _examples(modality)
        if not found:
            raise BrokenError("no modality that it serves gives examples to try it on: give some with samples=…")
        with attempt("applies()"):
            return [comparison for comparison in found if metric.applies(comparison.spec)] or found
    except BrokenError as error:
        findings.add(str(error))
    return found


def _examples(modality: Modality) -> Iterator[Comparison]:
    """Yield random samples like the usual examples of a modality."""
    with attempt(f"examples() of modality {modality.name}"):
        specs = modality.examples()[:USUAL]
    for spec in specs:
        with attempt(f"with_spec() and to_compact() of modality {modality.name}"):
            bound = modality.with_spec(spec)
            compact = bound.to_compact(make_up(spec, SAMPLES)).numpy()
        if spec.ends:  # what follows token 0 is no part of a sample
            compact = np.where(np.cumsum(compact == 0, 1) > 0, 0, compact).astype(compact.dtype)
        extractor = None if spec.vocabulary else FeatureExtractor(Means())
        yield _comparison(spec, Samples(compact, for_metrics=bound.for_metrics, extractor=extractor))


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


MADE_UP = {"image": _pictures, "text": _texts}
"""Of these modalities, samples that are more like real ones than random examples."""
