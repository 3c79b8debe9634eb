"""Hangs a finished run in the gallery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from ..artworks.leading_directions import measure_directions
from ..artworks.model import Model, load_newest
from ..errors import ArtganError
from ..interfaces import Progress
from ..quantities import counted
from ..training.checkpoint import replace_models
from ..training.journal import COLLAPSED, COPIED, EVENTS, LOSSES, METRICS, ROLLED_BACK, WORSE
from ..training.run import Run
from .build import RunRecord, hang
from .curves import metric_curves
from .front_page import build_index
from .training_page import end_training_page

TOLD = (ROLLED_BACK, COLLAPSED, COPIED, WORSE)
"""The kinds of events that a run's page tells of."""


def hang_run(run: Run, gallery: Path, progress: Progress, warn: Callable[[str], None]) -> Path:
    """Make a run's works and pages, and list it in the gallery; return the gallery's first page.

    The works are those of the best checkpoint where quality was judged, else those of the last step. Warns of
    directions that no longer lead anywhere.
    """
    trainer = run.trainer
    model, events = run.model(), [str(row["message"]) for row in run.journal.rows(EVENTS) if row.get("event") in TOLD]
    best = run.best.quality
    if best and best.step < trainer.steps:
        model, _ = load_newest(run.best.folder, run.registry)
        events.append(f"the works are those of step {best.step:,}, the best by {best.name}: {best.value:.3g}")

    device = counted(torch.get_num_threads(), "CPU thread") if trainer.device.type == "cpu" else str(trainer.device)
    record = RunRecord(
        id=run.id,
        title=run.data.title,
        command=run.command,
        device=device,
        parameters={
            "generator": _parameters(trainer.generator),
            "discriminator": _parameters(trainer.discriminator),
        },
        log=run.journal.rows(LOSSES),
        metrics=metric_curves(run.journal.rows(METRICS)),
        events=events,
    )

    snapshots = {snapshot.step: snapshot.path for snapshot in run.snapshots.taken()}
    if run.directions:
        model = _with_directions(model, run, progress, warn)
    hang(record, model, gallery=gallery, snapshots=snapshots, progress=progress, real=run.data.samples)
    end_training_page(gallery / run.id)
    build_index(gallery, run.registry)
    return gallery / "index.html"


def _with_directions(model: Model, run: Run, progress: Progress, warn: Callable[[str], None]) -> Model:
    """Return a run's model with the directions that were found before it went on, measured by its weights as they are.

    They stay what they were, with their names and numbers, since works and commands may follow them.
    """
    try:
        directions = measure_directions(model, run.directions, progress=progress)
    except ArtganError as error:
        warn(str(error))
        return replace(model, directions=run.directions)
    if weak := [direction.name or str(at) for at, direction in enumerate(directions, start=1) if direction.change < 1]:
        again = run.registry.command("artgan", "directions", run.folder, "--anew")
        warn(f"since the run went on, works change less along {', '.join(weak)} than at random: {again} finds others")
    measured = replace(model, directions=directions)
    if directions != model.directions:
        with run.held():
            replace_models(run.places, measured)
    return measured


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
