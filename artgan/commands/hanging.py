"""Hangs a finished run in the gallery."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from ..gallery.build import RunRecord, hang
from ..gallery.pages import build_index
from ..interfaces import Progress
from ..training.run import Run


def hang_run(run: Run, gallery: Path, progress: Progress) -> Path:
    """Make a run's works and pages, and list it in the gallery; return the gallery's first page."""
    trainer = run.trainer
    device = f"{torch.get_num_threads()} CPU threads" if trainer.device.type == "cpu" else str(trainer.device)
    record = RunRecord(
        id=run.id,
        title=run.data.title,
        command=run.command,
        device=device,
        parameters={
            "generator": _parameters(trainer.generator),
            "discriminator": _parameters(trainer.discriminator),
        },
        log=run.log_rows(),
    )
    snapshots = {int(path.stem.removeprefix("step-")): path for path in run.snapshots()}
    hang(record, run.model(), gallery=gallery, snapshots=snapshots, progress=progress)
    build_index(gallery)
    return gallery / "index.html"


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
