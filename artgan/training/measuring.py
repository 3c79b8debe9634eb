"""The metrics that are quick enough to be taken while a run trains."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Data, Modality
from ..plugins.metric_runner import NOTHING, Measurement, MetricRunner, Tell, metric_runners
from ..plugins.registry import Registry
from ..recipe.settings import Training
from .held_out import held_out, training_rows

SAMPLES, REAL = 512, 20_000
"""Samples that are made, and real texts that they are measured beside; of pictures as many as are made."""

DIVERSITIES = ("diversity", "distinct-2")
"""The numbers that fall where a generator collapses."""

COLLAPSED = 0.3
"""The share of the data's diversity below which it has."""


class Measures:
    """The drawn metrics of a run, and the one that judges.

    Args:
        registry: where they are looked up.
        data: what is trained on.
        modality: what makes samples readable.
        training: says what is held out.
        tell: told in one line of what is wrong with a metric.
    """

    def __init__(self, registry: Registry, data: Data, modality: Modality, training: Training, tell: Tell) -> None:
        self.registry, self.data, self.modality, self.training, self.tell = registry, data, modality, training, tell

    @cached_property
    def gauges(self) -> list[MetricRunner]:
        """The metrics that have something to say about the data."""
        return list(metric_runners(self.registry, self.data.spec, self.tell))

    @property
    def drawn(self) -> list[MetricRunner]:
        """Those that are measured at each snapshot."""
        return [gauge for gauge in self.gauges if gauge.metric.drawn]

    @property
    def judge(self) -> MetricRunner | None:
        """The first that can say which checkpoint is the best, tried on real samples."""
        return self._judge[0]

    @property
    def judges_by_training_samples(self) -> bool:
        """Whether nothing is held out, so that copies of what is trained on would be judged the best."""
        return held_out(self.data, self.training, 1) is None

    def of(self, fake: NDArray[Any]) -> dict[str, float]:
        """Return what is measured of generated samples, compact (N, ...), beside the same of real ones."""
        values = dict(self._of_real)
        for gauge in self.drawn:
            values |= gauge.measure(self._real[0], self.modality.for_metrics(fake)).values
        return values

    def judged(self, fake: NDArray[Any]) -> Measurement:
        """Return what the judge measures of generated samples, beside the same of real ones."""
        judge, of_real = self._judge
        if judge is None:
            return NOTHING
        made = judge.measure(self._judged_by[1], self.modality.for_metrics(fake))
        return Measurement({**made.values, **of_real}, made.main)

    def collapse(self, values: Mapping[str, float]) -> str:
        """Return in words that a generator has collapsed, or nothing.

        Args:
            values: what `of` returned.
        """
        for name in DIVERSITIES:
            made, real = values.get(name), values.get(f"{name} of real", 0.0)
            if made is not None and made < COLLAPSED * real:
                return (
                    f"the works have come to look alike ({name} {made:.3f}, of real samples {real:.3f}): "
                    f"if they stay so, try another --seed, --penalty r1 or a lower --lr"
                )
        return ""

    @cached_property
    def _real(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Real samples, and others that nothing is trained on, or more of the same."""
        most = REAL if self.data.spec.vocabulary else SAMPLES
        rows, apart = training_rows(self.data, self.training), held_out(self.data, self.training, most)
        real = self.data.samples[rows[:most]]
        other = self.data.samples[rows[-SAMPLES:]] if apart is None else apart
        return self.modality.for_metrics(real), self.modality.for_metrics(other)

    @cached_property
    def _of_real(self) -> dict[str, float]:
        real, other = self._real
        return {
            f"{name} of real": value
            for gauge in self.drawn
            for name, value in gauge.measure(real, other).values.items()
        }

    @cached_property
    def _judge(self) -> tuple[MetricRunner | None, dict[str, float]]:
        """The judge, and what as many samples that are trained on reach, beside others."""
        real, apart = self._judged_by
        for gauge in self.gauges:
            if gauge.metric.judges:
                values, main = gauge.measure(apart, real)
                if main in values:
                    return gauge, {f"{name} of real": value for name, value in values.items()}
        return None, {}

    @cached_property
    def _judged_by(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Samples that are trained on, and others that are not, or more of the same: taken from all over the data."""
        apart, rows = held_out(self.data, self.training, len(self.data)), training_rows(self.data, self.training)
        real = self.data.samples[_spread(rows)]
        other = self.data.samples[_spread(rows[1:])] if apart is None else apart[_spread(np.arange(len(apart)))]
        return self.modality.for_metrics(real), self.modality.for_metrics(other)


def _spread(rows: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Return at most as many rows as are judged, at equal distances, for data is often in some order."""
    return rows[np.linspace(0, len(rows) - 1, min(SAMPLES, len(rows))).astype(np.int64)]
