"""What is measured of a run's average generator while it trains: diversity, and one number that judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Data, Modality, Quality, Role
from ..plugins.metric_runner import MetricRunner, Tell, metric_runners
from ..plugins.registry import Registry
from ..recipe.settings import Training
from .held_out import held_out, training_rows
from .held_out_loss import learns_by_likelihood
from .quality_trend import Standing
from .snapshots import SHEET_SEEDS
from .variety import EARLY_SHARE

SAMPLES = 512
"""Samples that are made to be measured, and most pictures that they are measured beside."""

FEWEST, BYTES = len(SHEET_SEEDS), 2**27
"""The fewest of them, and the bytes that more than those may take together, since large pictures take long to make."""

PARTS, PART = 4, 64
"""Parts of the samples by whose spread is known how sure a judgement is, and the samples in each."""

MAX_REAL_OF_PARTS = 128
"""Real samples that parts are judged beside at most, the same each time, so that little time is spent."""

MAX_REAL_TEXTS = 20_000
"""Real texts that samples are measured beside; they are quicker to count in than pictures to compare."""


def judged_seeds(data: Data) -> range:
    """Return the seeds of the works that are made to be measured: fewer of large pictures."""
    return range(max(FEWEST, min(SAMPLES, BYTES // data.samples[:1].nbytes)))


@dataclass(frozen=True)
class Judgement:
    """What the judge measured.

    Attributes:
        values: all numbers by name, those of real samples among them.
        quality: the one that judges; None where it could not be measured.
    """

    values: Mapping[str, float]
    quality: Quality | None


@dataclass(frozen=True)
class Copying:
    """How much works copy what a run is trained on.

    Attributes:
        excess: the share beyond that of real samples, by the leeway that it has.
        name: what share it is.
        share: of the works.
        of_real: of real samples.
    """

    excess: float
    name: str
    share: float
    of_real: float

    def __str__(self) -> str:
        beside = f", of real samples {self.of_real:.1%}" if self.of_real else ""
        return f"{self.name} {self.share:.1%}{beside}"


class QualityMonitor:
    """Measures generated samples by the metrics that are quick enough to be taken while a run trains.

    Args:
        registry: where the metrics are looked up.
        data: what is trained on.
        modality: hands samples to metrics.
        training: says what is held out, and how often is judged.
        tell: told in one line of what is wrong with a metric.
    """

    def __init__(self, registry: Registry, data: Data, modality: Modality, training: Training, tell: Tell) -> None:
        self.registry, self.data, self.modality, self.training, self.tell = registry, data, modality, training, tell

    @cached_property
    def metrics(self) -> list[MetricRunner]:
        """The metrics that have something to say about the data."""
        return list(metric_runners(self.registry, self.data.spec, self.tell))

    @property
    def drawn(self) -> list[MetricRunner]:
        """Those that are measured at each snapshot."""
        return [runner for runner in self.metrics if runner.metric.drawn]

    def measure(self, fake: NDArray[Any]) -> dict[str, float]:
        """Return what is drawn of compact samples (N, ...), beside the same of real ones; empty for nothing."""
        if not self.drawn:
            return {}
        values = dict(self._of_real)
        for runner in self.drawn:
            values |= runner.measure(self._real[0], self.modality.for_metrics(fake)).values
        return values

    def copied(self, values: Mapping[str, float]) -> Copying | None:
        """Return how much more samples copy real ones than other real samples do; None where it is not measured.

        Args:
            values: what `measure` returned.
        """
        apart = held_out(self.data, self.training, 1) is not None
        found = []
        for name, leeway in self._leeways.items():
            if name in values and (apart or leeway == 1):
                usual = values.get(f"{name} of real", 0.0) if apart else 0.0
                found.append(Copying((values[name] - usual) / leeway, name, values[name], usual))
        return max(found, default=None, key=lambda copying: copying.excess)

    def judges(self, step: int, steps: int) -> bool:
        """Return whether a run is judged after a step of so many."""
        every = self.training.evaluate_every
        return bool(every) and (step % every == 0 or step == steps)

    def objection(self) -> str:
        """Return why quality cannot be judged though it is to be, or not as it should be; else nothing."""
        if not self.training.evaluate_every:
            return ""
        if self._judge[0] is None:
            return f"no metric judges {self.modality.name}: no best checkpoint is kept"
        if held_out(self.data, self.training, 1) is None:
            return (
                "no samples are held out, so the best is judged by those trained on, which copies match best: "
                "give more samples, or a larger --set training.held_out"
            )
        return ""

    def judge(self, fake: NDArray[Any], step: int) -> Judgement:
        """Return what the judge measures of compact samples (N, ...), beside the same of real ones.

        Args:
            fake: what was generated.
            step: the steps that its generator has taken.
        """
        judge, of_real = self._judge
        if judge is None:
            return Judgement({}, None)
        made = judge.measure(self._judged_by[1], self.modality.for_metrics(fake))
        quality = Quality(step, made.main, made.values[made.main]) if made.main in made.values else None
        return Judgement({**made.values, **of_real}, quality)

    def watches(self, step: int, steps: int) -> bool:
        """Return whether is watched, after a step of so many, that works do not become worse than they were.

        At the beginning of a run they are not yet good, and what a pre-training makes is not what the game makes. What
        learns by likelihood is watched from the first, for there it may soon know its samples by heart.
        """
        training = self.training
        if training.patience == 1 or learns_by_likelihood(training, step):
            return training.patience < 1
        if step <= EARLY_SHARE * steps:
            return False
        return step >= training.pretraining_steps or training.pretraining_steps >= steps

    def standing(self, fake: NDArray[Any], step: int) -> Standing | None:
        """Return how good samples are by the judge, and how sure that is; None where it cannot be judged.

        Args:
            fake: compact samples (N, ...), of which `PARTS` times `PART` are looked at, or all where there are fewer.
            step: the steps that their generator has taken.
        """
        judge, _ = self._judge
        if judge is None or held_out(self.data, self.training, 1) is None:
            return None
        apart = self._judged_by[1]
        real = apart[_spread(np.arange(len(apart)), MAX_REAL_OF_PARTS)]
        readable = self.modality.for_metrics(fake[: PARTS * PART])
        measured = [judge.measure(real, readable[part::PARTS]) for part in range(PARTS)]

        values = [made.values[made.main] for made in measured if made.main in made.values]
        if len(values) < PARTS:
            return None
        return Standing(step, measured[0].main, float(np.mean(values)), float(np.std(values, ddof=1) / PARTS**0.5))

    @cached_property
    def _real(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Real samples, and others that nothing is trained on, or more of the same."""
        most = MAX_REAL_TEXTS if self.data.spec.vocabulary else SAMPLES
        rows, apart = training_rows(self.data, self.training), held_out(self.data, self.training, most)
        real = self.data.samples[rows[:most]]
        other = self.data.samples[rows[-SAMPLES:]] if apart is None else apart
        return self.modality.for_metrics(real), self.modality.for_metrics(other)

    @cached_property
    def _of_real(self) -> dict[str, float]:
        real, other = self._real
        return {
            f"{name} of real": value
            for runner in self.drawn
            for name, value in runner.measure(real, other).values.items()
        }

    @cached_property
    def _leeways(self) -> dict[str, float]:
        """The numbers that are shares of copies, the first of each metric that tells of them, and what each may be."""
        real, other = self._real
        telling = [runner for runner in self.drawn if runner.metric.role is Role.COPIED]
        return {runner.measure(real, other).main: runner.metric.leeway for runner in telling}

    @cached_property
    def _judge(self) -> tuple[MetricRunner | None, dict[str, float]]:
        """The first metric that can say which checkpoint is the best, tried on real samples, and what these reach."""
        real, apart = self._judged_by
        for runner in self.metrics:
            if runner.metric.judges:
                values, main = runner.measure(apart, real)
                if main in values:
                    return runner, {f"{name} of real": value for name, value in values.items()}
        return None, {}

    @cached_property
    def _judged_by(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Samples that are trained on, and others that are not, or more of the same: taken from all over the data."""
        apart, rows = held_out(self.data, self.training, len(self.data)), training_rows(self.data, self.training)
        real = self.data.samples[_spread(rows)]
        other = self.data.samples[_spread(rows[1:])] if apart is None else apart[_spread(np.arange(len(apart)))]
        return self.modality.for_metrics(real), self.modality.for_metrics(other)


def _spread(rows: NDArray[np.integer[Any]], most: int = SAMPLES) -> NDArray[np.integer[Any]]:
    """Return at most so many rows, at equal distances, for data is often in some order."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.int64)]
