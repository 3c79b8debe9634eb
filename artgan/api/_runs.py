"""Runs that were trained: what there is, whether it is whole, and what can go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..artworks.places import RunFolder, all_runs, find_run
from ..training.checkpoint import verify
from ..training.run_summary import RunSummary, all_checkpoints, prune_run, summarise


@dataclass(frozen=True)
class CheckpointVerdict:
    """Whether a checkpoint is what was written.

    Attributes:
        run: its run's name.
        checkpoint: its folder, the best one's as ``best/step-…``.
        fault: what is wrong with it; empty where it is whole.
    """

    run: str
    checkpoint: str
    fault: str


@dataclass(frozen=True)
class PrunedRun:
    """What pruning a run has freed.

    Attributes:
        run: its name.
        freed: bytes.
    """

    run: str
    freed: int


def list_runs(*, out: Path = Path()) -> tuple[RunSummary, ...]:
    """Return what each run in an ``out`` folder has come to, by name."""
    return tuple(summarise(run) for run in all_runs(out))


def verify_runs(runs: Sequence[str | Path] = (), *, out: Path = Path()) -> Iterator[CheckpointVerdict]:
    """Read every checkpoint, and compare it with its SHA-256.

    Args:
        runs: folders or names; none for all.
        out: the folder that holds ``runs``.

    Raises:
        UsageError: for what is no run.
    """
    for run in _chosen(runs, out):
        for checkpoint in all_checkpoints(run):
            name = checkpoint.relative_to(run.path).as_posix().removeprefix("checkpoints/")
            yield CheckpointVerdict(run.id, name, verify(checkpoint) or "")


def prune_runs(runs: Sequence[str | Path] = (), *, keep: int = 1, out: Path = Path()) -> Iterator[PrunedRun]:
    """Remove all but the newest whole checkpoints, and what processes that died have left; the best one stays.

    Args:
        runs: folders or names; none for all.
        keep: how many checkpoints stay.
        out: the folder that holds ``runs``.

    Raises:
        UsageError: for what is no run.
        ArtganError: if a run is being trained.
    """
    for run in _chosen(runs, out):
        yield PrunedRun(run.id, prune_run(run, keep))


def _chosen(runs: Sequence[str | Path], out: Path) -> list[RunFolder]:
    return [find_run(run, out) for run in runs] if runs else all_runs(out)
