"""What `artgan runs` knows of the folders of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from ..errors import ArtganError, UsageError
from ..recipe.recipe_file import read_toml
from .best_checkpoint import FOLDER, Best
from .checkpoint import STATE, checkpoints, prune
from .journal import EVENTS, FAILED, LOSSES, Journal
from .lock import is_locked, locked
from .run import RECIPE


class Described(TypedDict):
    """A run in one row."""

    run: str
    step: int
    steps: int
    state: str
    bytes: int
    checkpoints: int


def find_runs(given: Sequence[Path]) -> list[Path]:
    """Return the folders of runs: those given, by folder or by name in ``runs``, or all that lie in ``runs``.

    Raises:
        UsageError: for what is no run.
    """
    if not given:
        return sorted(path.parent for path in Path("runs").glob(f"*/{RECIPE}"))
    found = []
    for path in given:
        places = [place for place in (path, Path("runs") / path) if (place / RECIPE).is_file()]
        if not places:
            raise UsageError(f"{path} is no run: give a folder with a {RECIPE}, or the name of one in runs")
        found.append(places[0])
    return found


def describe(run: Path) -> Described:
    """Return what a run has come to: running, finished, failed, stopped, or damaged where nothing can be read."""
    kept = checkpoints(run / "checkpoints")
    try:
        steps = int(read_toml(run / RECIPE)["training"]["steps"])
        step = max((_step(checkpoint) for checkpoint in kept), default=0)
    except (ArtganError, OSError, KeyError, TypeError, ValueError):
        return Described(run=run.name, step=0, steps=0, state="damaged", bytes=_size(run), checkpoints=len(kept))
    journal = Journal(run)
    if is_locked(run):
        step = max([step, *(row["step"] for row in journal.rows(LOSSES)[-1:])])
        state = "running"
    elif step >= steps:
        state = "finished"
    else:
        state = "failed" if _failed(journal, step) else "stopped"
    return Described(run=run.name, step=step, steps=steps, state=state, bytes=_size(run), checkpoints=len(kept))


def prune_run(run: Path, keep: int) -> int:
    """Remove all but the newest whole checkpoints; return the bytes that were freed.

    Raises:
        ArtganError: if the run is being trained.
    """
    before = _size(run)
    with locked(run):
        prune(run / "checkpoints", keep)
        Best(run).clean(lambda line: None)
    return before - _size(run)


def all_checkpoints(run: Path) -> list[Path]:
    """Return the checkpoints of a run, the newest first, and after them the best."""
    return [*checkpoints(run / "checkpoints"), *checkpoints(run / FOLDER)]


def _step(checkpoint: Path) -> int:
    return int(json.loads((checkpoint / STATE).read_text(encoding="utf-8"))["step"])


def _failed(journal: Journal, step: int) -> bool:
    events = journal.rows(EVENTS)
    return bool(events) and events[-1].get("event") == FAILED and events[-1]["step"] >= step


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
