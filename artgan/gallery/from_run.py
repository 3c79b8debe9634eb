"""Hangs a finished run in the gallery."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from ..artworks.model import load_newest
from ..artworks.model_file import FILE_NAME
from ..artworks.places import models_in
from ..interfaces import Progress
from ..quantities import counted
from ..training.journal import COLLAPSED, COPIED, EVENTS, LOSSES, METRICS, ROLLED_BACK
from ..training.run import Run
from .build import RunRecord, hang
from .curves import metric_curves
from .front_page import build_index
from .strips import with_known_directions
from .training_page import end_training_page

TOLD = (ROLLED_BACK, COLLAPSED, COPIED)
"""The kinds of events that a run's page tells of."""


def hang_run(run: Run, gallery: Path, progress: Progress) -> Path:
    """Make a run's works and pages, and list it in the gallery; return the gallery's first page.

    The works are those of the best checkpoint where quality was judged, else those of the last step.
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
    model = with_known_directions(model, [run.places.hung / FILE_NAME, *models_in(run.folder)])
    hang(record, model, gallery=gallery, snapshots=snapshots, progress=progress, real=run.data.samples)
    end_training_page(gallery / run.id)
    build_index(gallery, run.registry)
    return gallery / "index.html"


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
