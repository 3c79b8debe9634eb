"""Trains a run that was begun, hangs its works, and tells what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..artworks.places import RunFolder
from ..gallery.from_run import hang_run
from ..gallery.page_observer import PageObserver
from ..interfaces import Observer, Progress, Quality, Reporter
from ..plugins.observers import GuardedObservers
from ..quantities import counted
from ..training.pace import Pace
from ..training.run import Run
from ..training.training_loop import TrainingLoop


@dataclass(frozen=True)
class BestCheckpoint:
    """The checkpoint whose works were judged best.

    Attributes:
        folder: holds it.
        quality: its step, and how good its works were.
    """

    folder: Path
    quality: Quality


@dataclass(frozen=True)
class RunResult:
    """What came of a run.

    Attributes:
        id: its name.
        folder: where it is kept.
        step: how many steps it has taken.
        steps: how many it was to take.
        stopped_by: the number of the signal that stopped it; 0 where it came to its end.
        best: its best checkpoint, where quality was judged.
        page: the first page of the gallery that it hangs in; None where it was stopped, or another process hangs it.
    """

    id: str
    folder: Path
    step: int
    steps: int
    stopped_by: int
    best: BestCheckpoint | None
    page: Path | None

    def _repr_html_(self) -> str:
        from ..gallery.run_figure import run_figure

        so_far = f"stopped at step {self.step:,} of {self.steps:,}" if self.stopped_by else counted(self.step, "step")
        return run_figure(RunFolder(self.folder), f"{self.id}: {so_far}")


def train_and_hang(run: Run, *, reporter: Reporter, observer: GuardedObservers, pace: Pace | None) -> RunResult:
    """Train a run from where it is to its end, and hang it in the gallery; a signal stops and saves it.

    Args:
        run: the run.
        reporter: told what is being done.
        observer: sees the run advance.
        pace: what a step takes, where the budget is in minutes.

    Raises:
        ArtganError: if it cannot be trained to the end; what was saved stays.
    """
    reporter.say(f"Run {run.id} is kept in {run.folder}; Ctrl-C saves it, to go on later")
    if not run.processes.first:
        return _result(run, stopped_by=TrainingLoop(run, Observer()).train())

    shown = PageObserver(run, reporter.warn)
    with observer.joined_by(shown), shown.told_how_it_ends():
        stopped_by = TrainingLoop(run, observer, pace).train()
        if stopped_by:
            shown.stopped()
        page = None if stopped_by else hang_in_gallery(run, reporter=reporter, progress=shown.work_made)
    return _result(run, stopped_by=stopped_by, page=page)


def _result(run: Run, *, stopped_by: int, page: Path | None = None) -> RunResult:
    quality = run.best.quality
    return RunResult(
        id=run.id,
        folder=run.folder,
        step=run.trainer.steps,
        steps=run.steps,
        stopped_by=stopped_by,
        best=BestCheckpoint(run.best.folder, quality) if quality else None,
        page=page,
    )


def hang_in_gallery(run: Run, *, reporter: Reporter, progress: Progress | None = None) -> Path:
    """Hang a run's works in the gallery beside its folder of runs, and return the gallery's first page.

    Args:
        run: the run.
        reporter: told of each work.
        progress: told the same.
    """
    with reporter.progress() as report:

        def made(what: str, done: int, total: int) -> None:
            report(what, done, total)
            if progress:
                progress(what, done, total)

        return hang_run(run, run.places.gallery, made, reporter.warn)
