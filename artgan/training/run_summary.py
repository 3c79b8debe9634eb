"""What a run's folder holds and what the run has come to, without opening its data or its networks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..artworks.places import RunFolder
from ..errors import ArtganError
from ..recipe.recipe_file import read_toml
from .best_checkpoint import BestCheckpoint
from .checkpoint import STATE, checkpoints, prune
from .journal import EVENTS, FAILED, LOSSES, Journal
from .lock import is_locked, locked

State = Literal["running", "finished", "failed", "stopped", "damaged"]


@dataclass(frozen=True)
class RunSummary:
    """A run in one row.

    Attributes:
        run: its name.
        step: the steps that it has taken, 0 where nothing can be read.
        steps: its budget in steps, 0 where nothing can be read.
        state: what it has come to; damaged where nothing can be read.
        bytes: what its folder takes.
        checkpoints: how many there are, the best apart.
    """

    run: str
    step: int
    steps: int
    state: State
    bytes: int
    checkpoints: int


def summarise(run: RunFolder) -> RunSummary:
    """Return what a run has come to."""
    kept, size = checkpoints(run.checkpoints), _size(run.path)
    try:
        steps = int(read_toml(run.recipe)["training"]["steps"])
        saved = max((_step(checkpoint) for checkpoint in kept), default=0)
    except (ArtganError, OSError, KeyError, TypeError, ValueError):
        return RunSummary(run.id, step=0, steps=0, state="damaged", bytes=size, checkpoints=len(kept))

    step, state = _progress(run, saved, steps)
    return RunSummary(run.id, step=step, steps=steps, state=state, bytes=size, checkpoints=len(kept))


def prune_run(run: RunFolder, keep: int) -> int:
    """Remove all but the newest whole checkpoints; return the bytes that were freed.

    Raises:
        ArtganError: if the run is being trained.
    """
    before = _size(run.path)
    with locked(run.path):
        prune(run.checkpoints, keep)
        BestCheckpoint(run).clean(lambda line: None)
    return before - _size(run.path)


def all_checkpoints(run: RunFolder) -> list[Path]:
    """Return the checkpoints of a run, the newest first, and after them the best."""
    return [*checkpoints(run.checkpoints), *checkpoints(run.best)]


def _progress(run: RunFolder, saved: int, steps: int) -> tuple[int, State]:
    """Return the steps taken and the state of a run, by what is saved; one that is running has logged more."""
    journal = Journal(run.path)
    if is_locked(run.path):
        return max([saved, *(row["step"] for row in journal.rows(LOSSES)[-1:])]), "running"
    if saved >= steps:
        return saved, "finished"
    return saved, "failed" if _failed(journal, saved) else "stopped"


def _step(checkpoint: Path) -> int:
    return int(json.loads((checkpoint / STATE).read_text(encoding="utf-8"))["step"])


def _failed(journal: Journal, step: int) -> bool:
    events = journal.rows(EVENTS)
    return bool(events) and events[-1].get("event") == FAILED and events[-1]["step"] >= step


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
