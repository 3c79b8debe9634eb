"""Compares sets of pictures with a reference, number by number, each with its interval."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Progress
from ..plugins.metric_runner import Gauge
from .distances import Features, coverage, frechet, kernel_distance
from .feature_extractor import Looking
from .patches import patch_distances, sharpness

NEIGHBOURS = 5
REPEATS, SPREAD = 10, 1.96
COVERS = ("precision", "recall", "density", "coverage")
GROUPS: Mapping[tuple[str, ...], int] = {
    ("frechet",): 1, ("kid",): 2, COVERS: 2, ("scores",): 1, ("detail",): 1, ("patches",): 1
}  # fmt: skip
"""What is measured together, and by what power of the number of pictures its cost grows."""


@dataclass(frozen=True)
class Side:
    """A set of pictures.

    Attributes:
        pictures: (N, C, H, W).
        features: theirs, (N, D).
    """

    pictures: NDArray[np.uint8]
    features: Features

    def part(self, rows: NDArray[np.int64] | slice) -> Side:
        """Return some of them."""
        return Side(self.pictures[rows], self.features[rows])


class Comparison:
    """Compares sets of pictures with the same reference.

    Args:
        reference: real pictures.
        looking: the features.
        metrics: which numbers are wanted, of `artgan.evaluation.pictures.METRICS` and the names of the others.
        others: metrics that plugins offer.
    """

    def __init__(self, reference: Side, looking: Looking, metrics: Iterable[str], others: Iterable[Gauge] = ()) -> None:
        self.reference, self.looking, self.metrics = reference, looking, set(metrics)
        self.others = {gauge.name: gauge for gauge in others}
        self.meanings: dict[str, str] = {}

    def all(
        self, side: Side, whose: str, progress: Progress, more: Features | None = None
    ) -> dict[str, tuple[float, float]]:
        """Return each number by name, and the margin of its 95 % interval.

        Margins come from subsamples of half the size, drawn without replacement, whose spread is that of the whole
        (Politis and Romano 1994; the delete-half jackknife). The Fréchet distance, which is biased by the number of
        samples, takes its margin from further sets of equal size where there are ``more``.

        What a plugin's metric cannot measure of the whole and of two halves is left out.

        Args:
            side: as many pictures as the reference has.
            whose: what they are, in words.
            progress: told how far each metric is.
            more: features of further pictures by the same source.
        """
        found: dict[str, tuple[float, float]] = {}
        for group in self._groups:
            what = f"{', '.join(name for name in group if name in self.metrics)} of {whose}"
            progress(what, 0, REPEATS + 1)
            values = self._measured(group, side, self.reference)
            halves: dict[str, list[float]] = {name: [] for name in values}
            for number, (mine, others) in enumerate(self._halves):
                progress(what, number + 1, REPEATS + 1)
                for name, value in self._measured(group, side.part(mine), self.reference.part(others)).items():
                    halves.setdefault(name, []).append(value)
            progress(what, REPEATS + 1, REPEATS + 1)
            margins = {name: SPREAD * float(np.std(parts, ddof=1)) for name, parts in halves.items() if len(parts) > 1}
            found |= {name: (value, margins[name]) for name, value in values.items() if name in margins}
        if "frechet" in self.metrics and len(sets := self._sets(more, len(side.features))) > 1:
            drawn = [frechet(part, self.reference.features) for part in sets]
            found[self.looking.named("Fréchet")] = float(np.mean(drawn)), SPREAD * float(np.std(drawn, ddof=1))
        return found

    def seconds(self, size: int) -> float:
        """Return about how long `all` would take of so many pictures, by what the reference itself takes."""
        few, dimensions = len(self.reference.pictures), self.reference.features.shape[1]
        total = 0.0
        for group, power in self._groups.items():
            begun = time.perf_counter()
            self._measured(group, self.reference, self.reference)
            taken = time.perf_counter() - begun
            if group == ("frechet",) and dimensions > few:
                total += (REPEATS + 1) * taken * (min(size, dimensions) / few) ** 3
            else:
                total += taken * (size / few) ** power * (1 + REPEATS / 2**power)
        return total

    @property
    def _groups(self) -> dict[tuple[str, ...], int]:
        groups: dict[tuple[str, ...], int] = {**GROUPS, **{(name,): 2 for name in self.others}}
        return {group: power for group, power in groups.items() if self.metrics & set(group)}

    @cached_property
    def _halves(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The rows of each half, of the pictures and of the reference; the same for every metric."""
        random, size = np.random.default_rng(0), len(self.reference.pictures)
        rows = [[random.permutation(size)[: size // 2] for _ in range(2)] for _ in range(REPEATS)]
        return [(mine, others) for mine, others in rows]

    def _sets(self, features: Features | None, size: int) -> list[Features]:
        count = 0 if features is None else min(REPEATS, len(features) // size)
        return [] if features is None else [features[part * size : (part + 1) * size] for part in range(count)]

    def _measured(self, group: tuple[str, ...], fake: Side, real: Side) -> dict[str, float]:
        if other := self.others.get(group[0]):
            found = other.measure(real.pictures, fake.pictures).values
            self.meanings |= dict.fromkeys(found, other.metric.summary())
            return found
        how: Mapping[str, Callable[[Side, Side], dict[str, Any]]] = {
            "frechet": self._frechet,
            "kid": self._kid,
            "precision": self._covers,
            "scores": self._scores,
            "detail": _detail,
            "patches": _patches,
        }
        return how[group[0]](fake, real)

    def _frechet(self, fake: Side, real: Side) -> dict[str, float]:
        return {self.looking.named("Fréchet"): frechet(fake.features, real.features)}

    def _kid(self, fake: Side, real: Side) -> dict[str, float]:
        return {self.looking.named("KID"): 1000 * kernel_distance(fake.features, real.features)}

    def _covers(self, fake: Side, real: Side) -> dict[str, float]:
        cover = coverage(real.features, fake.features, NEIGHBOURS)
        return {self.looking.named(name): getattr(cover, name) for name in COVERS if name in self.metrics}

    def _scores(self, fake: Side, real: Side) -> dict[str, float]:
        return dict(self.looking.scores(fake.features))


def _detail(fake: Side, real: Side) -> dict[str, float]:
    return {"detail": sharpness(fake.pictures) / sharpness(real.pictures)}


def _patches(fake: Side, real: Side) -> dict[str, float]:
    levels = patch_distances(real.pictures, fake.pictures)
    return {f"patches at {height} px": value for height, value in levels.items()}
