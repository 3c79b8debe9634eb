"""Measures generated pictures against those that nothing was trained on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Comparison, FeatureExtractor, Progress, Samples, Spec
from ..plugins.metric_runner import MetricRunner
from .intervals import REPEATS, measured
from .report import Measured, PixelReport

MIN_COMPARED = 20
MAX_COMPARED = 5000
"""Pictures of a set that are compared at most."""

Pictures = NDArray[np.uint8]


class PixelSession:
    """Measures sets of generated pictures.

    Args:
        spec: what pictures are like.
        train: the pictures trained on, (N, C, H, W).
        held_out: others, (M, C, H, W); None for none.
        extractor: the features that they are compared by.
        runners: what is measured.
        progress: told how far it is.
        noun: what samples are called.

    Raises:
        ArtganError: if too few are held out.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        train: Pictures,
        held_out: Pictures | None,
        extractor: FeatureExtractor,
        runners: Sequence[MetricRunner],
        progress: Progress,
        noun: str = "picture",
    ) -> None:
        apart = 0 if held_out is None else len(held_out)
        if held_out is None or apart < MIN_COMPARED:
            raise ArtganError(
                f"{apart} {noun}s were held out of training, and at least {MIN_COMPARED} are needed to evaluate: train "
                f"with more {noun}s, or a larger --set training.held_out"
            )
        self.spec, self.extractor, self.runners = spec, extractor, list(runners)
        self.progress, self.noun = progress, noun
        self.train, self.held_out = train[:MAX_COMPARED], held_out[:MAX_COMPARED]
        self._on_features = any(runner.metric.on_features for runner in self.runners)
        self._wants_all = any(runner.metric.interval == "own" for runner in self.runners)

    def size(self, count: int) -> int:
        """Return how many pictures of each side are compared where so many are generated.

        Raises:
            ArtganError: if there are too few.
        """
        size = min(len(self.held_out), len(self.train), count)
        if size < MIN_COMPARED:
            raise ArtganError(f"{count} generated {self.noun}s are too few: give at least {MIN_COMPARED} with --count")
        return size

    def judge(self, fake: Pictures) -> PixelReport:
        """Return what is found of generated pictures (K, C, H, W), at least as many as needed for one comparison.

        Raises:
            ArtganError: if there are too few, the features are wrong, or no metric measured anything.
        """
        size = self.size(len(fake))
        whole = Comparison(
            spec=self.spec,
            fake=self._samples(fake, "generated"),
            held_out=self._samples(self.held_out if self._wants_all else self.held_out[:size], "held-out"),
            train=self._samples(self.train if self._wants_all else self.train[-size:], "training"),
            whose=f"generated {self.noun}s",
            extractor=self.extractor,
            progress=self.progress,
        )
        part = replace(
            whole,
            fake=whole.fake.part(slice(size)),
            held_out=whole.held_out.part(slice(size)),
            train=whole.train.part(slice(-size, None)),
        )

        # Features that are wrong are told here, once, rather than by each metric that asks for them.
        if self._on_features:
            for samples in (whole.held_out, whole.train, whole.fake):
                samples.features  # noqa: B018  (they are kept)

        real = measured(self.runners, whole=whole, part=part, of_real=True)
        found = measured(self.runners, whole=whole, part=part)
        rows = [Measured(name, number, real[name].value) for name, number in found.items() if name in real]
        if not rows:
            names = ", ".join(runner.name for runner in self.runners)
            raise ArtganError(f"nothing was measured: {names} gave no number that is right")
        return PixelReport(rows, len(fake), size, self.noun)

    def seconds(self, few: Pictures, count: int) -> float:
        """Return about how long `judge` takes of many pictures, by what a few take."""
        size, tried = self.size(count), len(few)
        samples = self._samples(few, "a few")
        total, dimensions = 0.0, 0
        if self._on_features:
            begun = time.perf_counter()
            dimensions = samples.features.shape[1]
            known = len(self.held_out) + len(self.train) if self._wants_all else 2 * size
            total += (time.perf_counter() - begun) * (count + known) / tried

        comparison = Comparison(spec=self.spec, fake=samples, held_out=samples, train=samples, extractor=self.extractor)
        most = max(count, len(self.held_out), len(self.train))
        for runner in self.runners:
            begun = time.perf_counter()
            runner.compare(comparison)
            seconds = (time.perf_counter() - begun) / runner.cost(tried, dimensions)
            if runner.metric.interval == "own":
                total += seconds * runner.cost(most, dimensions)
            else:  # the works and the real ones in their place, and halves of both
                total += 2 * seconds * (runner.cost(size, dimensions) + REPEATS * runner.cost(size // 2, dimensions))
        return total

    def _samples(self, pictures: NDArray[Any], whose: str) -> Samples:
        return Samples(pictures, extractor=self.extractor, what=f"{whose} {self.noun}s", progress=self.progress)
