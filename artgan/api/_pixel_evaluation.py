"""Measures a run's pictures beside those that were held out of training."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artworks.model import Model
from ..evaluation.pixels import MAX_COMPARED, PixelSession
from ..evaluation.report import PixelReport
from ..evaluation.selection import chosen_metrics, feature_extractor, offered_metrics
from ..gallery.pages import Judged
from ..interfaces import Progress, Reporter
from ..plugins.registry import Registry
from ..quantities import counted, roughly
from ..training.held_out import held_out, training_rows
from ._evaluation import Evaluation, NumberTable, TrainedRun

AT_ONCE = 64
"""Pictures that are made between two words of progress."""

TRIED = 64
"""Pictures that are made and measured beforehand, to know how long the rest will take."""


def evaluate_pixels(
    run: TrainedRun,
    *,
    count: int,
    features: str,
    metrics: Sequence[str],
    folder: Path,
    registry: Registry,
    reporter: Reporter,
) -> Evaluation:
    """Measure a run's pictures.

    Args:
        run: whose pictures.
        count: pictures that are made.
        features: what they are compared by, as `artgan.plugins.registry.Registry.parse` takes it.
        metrics: names of what is measured; empty for all.
        folder: where it is to be written.
        registry: where components are looked up.
        reporter: told how long it takes, and how far it is.

    Raises:
        UsageError: for a wrong name.
        ArtganError: if too few pictures were held out, or the features cannot be had.
    """
    extractor = feature_extractor(registry, features)
    if run.recipe.discriminator.sees_features == extractor.features.version:
        reporter.warn(
            f"the generator was trained to please {extractor.label}, on which works look better than they are: "
            "compare by other features, such as --features random-v1"
        )
    data, training, noun = run.data, run.recipe.training, run.model.modality.noun
    rows = training_rows(data, training)
    train = data.samples[np.random.default_rng(0).permutation(rows)[:MAX_COMPARED]]
    offered = offered_metrics(registry, data.spec, reporter.warn)

    with reporter.progress() as progress:
        session = PixelSession(
            data.spec,
            train=train,
            held_out=held_out(data, training, MAX_COMPARED),
            extractor=extractor,
            runners=chosen_metrics(metrics, offered, noun=noun, extractor=extractor),
            progress=progress,
            noun=noun,
        )
        session.size(count)  # too few are refused before anything is made
        named = ", ".join(runner.name for runner in session.runners) if metrics else "all metrics"
        seconds = _seconds(run.model, session, count)
        reporter.say(f"This takes {roughly(seconds)}: {counted(count, noun)}, features {extractor.label}, {named}")
        fake = _made(run.model, count, progress, noun)
        report = session.judge(fake)

    table = report.table()
    return Evaluation(
        run=run,
        folder=folder,
        sentence=f"{run.folder.id} is {report.to_text()}.",
        numbers={row.name: row.number.value for row in report.measurements},
        table=NumberTable(["", f"generated, {report.compared} at a time", "trained on", ""], table),
        record=_record(run, session, report),
        judged=Judged(report.to_text(), [[name, value, real] for name, value, real, _ in table]),
        nearest=_nearest(report, fake, train),
    )


def _record(run: TrainedRun, session: PixelSession, report: PixelReport) -> dict[str, object]:
    training = run.recipe.training
    return {
        "pictures": report.count,
        "seeds": [0, report.count - 1],
        "truncation": 1.0,
        "compared": report.compared,
        "held_out": {"share": training.held_out, "seed": training.seed},
        "features": session.extractor.record(),
        "metrics": [runner.name for runner in session.runners],
        "verdict": report.to_text(),
        "copies": report.copies.count if report.copies else None,
        "measurements": [row.record() for row in report.measurements],
    }


def _nearest(report: PixelReport, fake: NDArray[Any], train: NDArray[Any]) -> NDArray[Any] | None:
    """Return each of the works that are nearest to what was trained on, followed by what it is nearest to."""
    if not report.copies:
        return None
    return np.stack([sample for pair in report.copies.closest for sample in (fake[pair.fake], train[pair.train])])


def _seconds(model: Model, session: PixelSession, count: int) -> float:
    """Return about how long everything takes, by what a few pictures take."""
    tried = min(TRIED, count)
    model.render(range(1))  # the first of all takes longer
    begun = time.perf_counter()
    pictures = model.render(range(tried))
    seconds = (time.perf_counter() - begun) * count / tried
    return seconds + session.seconds(pictures, count)


def _made(model: Model, count: int, progress: Progress, noun: str) -> NDArray[Any]:
    parts = []
    for start in range(0, count, AT_ONCE):
        progress(f"making {noun}s", start, count)
        parts.append(model.render(range(start, min(start + AT_ONCE, count))))
    progress(f"making {noun}s", count, count)
    return np.concatenate(parts)
