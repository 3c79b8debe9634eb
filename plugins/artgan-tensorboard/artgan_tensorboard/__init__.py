"""Watch artgan's trainings in TensorBoard: scalars, sheets of samples and the recipe of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import artgan

if TYPE_CHECKING:
    from pathlib import Path

    from artgan.interfaces import Quality, RunInfo, Snapshot, Tick

    from .run_writer import RunWriter

ARTGAN_API = 1

_writers: dict[Path, RunWriter] = {}
"""What is being written, by the run's folder: several may be trained in one process, one after the other."""


@artgan.hookimpl
def run_started(run: RunInfo) -> None:
    """Begin, or go on where the run goes on."""
    from .run_writer import RunWriter

    if stopped := _writers.pop(run.folder, None):
        stopped.close()
    _writers[run.folder] = RunWriter(run)


@artgan.hookimpl
def run_ticked(run: RunInfo, tick: Tick) -> None:
    """Write the scalars."""
    _writers[run.folder].write_scalars(tick)


@artgan.hookimpl
def run_judged(run: RunInfo, quality: Quality) -> None:
    """Write the number that judges."""
    _writers[run.folder].write_quality(quality)


@artgan.hookimpl
def run_snapshot_taken(run: RunInfo, snapshot: Snapshot) -> None:
    """Write the new sheet."""
    _writers[run.folder].write_snapshot(snapshot)


@artgan.hookimpl
def run_finished(run: RunInfo) -> None:
    """End."""
    _writers.pop(run.folder).close()
