"""Keeps a run's page up to date while it trains."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..errors import ArtganError, one_line
from ..interfaces import Observer, Quality, RunInfo, Snapshot, Tick
from ..quantities import duration, roughly
from ..training.journal import CHOSEN, EVENTS, LOSSES, METRICS
from ..training.run import Run
from .build import without_paths
from .curves import GrowingCurve, metric_curves
from .front_page import build_index
from .pages import metric_charts
from .run_figure import PLAYERS
from .run_record import TIMELAPSE
from .training_page import Advance, State, TrainingPage

SECONDS_BETWEEN, LARGEST_SHARE = 2.0, 0.005
"""From one refreshment to the next, and of the time of a run that they may take."""

SILENT_AT_FIRST, LEAST_SILENT, SILENT_TIMES = 600.0, 60.0, 4
"""Seconds without news after which a run was killed; later, so many times as long as news took so far."""

SHOWN_WARNINGS = 20


class PageObserver(Observer):
    """Sees a run advance, and writes its page; without space, it warns once and goes on.

    Args:
        run: the run.
        warn: told in one line that the page cannot be written.
    """

    def __init__(self, run: Run, warn: Callable[[str], None]) -> None:
        self._run, self._warn = run, warn
        self._state: State = "training"
        self._sentence = "It begins to learn"
        self._curves = {key: GrowingCurve() for key in PLAYERS}
        self._tick: Tick | None = None
        self._quality: Quality | None = None
        self._snapshot: Snapshot | None = None
        self._due = self._heard = self._longest = 0.0
        self._hung = self._failed = False

        # What was known before this sitting.
        events = run.journal.rows(EVENTS)
        choices = list(dict.fromkeys(str(row["message"]) for row in events if row.get("event") == CHOSEN))
        self._warnings = [f"step {row['step']:,}: {row['message']}" for row in events if row.get("event") != CHOSEN]
        self._page = TrainingPage(
            run=run.places,
            title=run.data.title,
            spec=run.data.spec,
            modality=run.modality,
            choices=choices,
            command=without_paths(run.command),
            again=run.resume_command(),
        )

    def run_started(self, run: RunInfo) -> None:
        """Hang the page of a run that goes on; a new one has nothing to show before its first snapshot."""
        for row in self._run.journal.rows(LOSSES):
            self._add(row["step"], row)
        if run.snapshot:
            for snapshot in self._run.snapshots.taken():
                self._copy(snapshot)
            self._refresh()

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self._tick = tick
        self._add(tick.step, tick.scalars)
        share = 10 * (10 * tick.step // tick.steps)
        self._sentence = f"It learns: {share} % of the way, {roughly(tick.seconds_left)} left"
        self._refresh_if_due()

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self._quality = quality
        self._refresh_if_due()

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self._copy(snapshot)
        if self._hung:
            self._refresh_if_due()
        else:
            self._refresh()

    def run_warned(self, run: RunInfo, message: str) -> None:
        self._warnings.append(f"step {self._run.trainer.steps:,}: {message}")
        self._refresh_if_due()

    def run_finished(self, run: RunInfo) -> None:
        self._state, self._sentence = "hanging", "It has learned, and its works are made"
        self._refresh()

    def work_made(self, what: str, done: int, total: int) -> None:
        """See the works being made that are to hang there, as `artgan.interfaces.Progress` tells."""
        self._sentence = f"It has learned: {what}, {done:,} of {total:,}"
        self._refresh_if_due()

    @contextmanager
    def told_how_it_ends(self) -> Iterator[None]:
        """Within the context a run is trained and hung; if that fails, its page says why."""
        try:
            yield
        except ArtganError as error:
            self._state, self._sentence = "failed", f"It failed: {without_paths(str(error))}"
            self._refresh()
            raise

    def stopped(self) -> None:
        """Say that the run was stopped, and is saved."""
        self._state, self._sentence = "stopped", f"It was stopped at step {self._run.trainer.steps:,}, and is saved"
        self._refresh()

    def _add(self, step: int, scalars: Mapping[str, object]) -> None:
        for key, curve in self._curves.items():
            if isinstance(value := scalars.get(key), int | float):
                curve.add(step, value)

    def _copy(self, snapshot: Snapshot) -> None:
        """Put a sheet where the page finds it."""
        folder = self._run.places.hung / TIMELAPSE
        with self._guarded():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(snapshot.path, folder / snapshot.path.name)
            self._snapshot = snapshot

    def _refresh_if_due(self) -> None:
        if self._hung and time.monotonic() >= self._due:
            self._refresh()

    def _refresh(self) -> None:
        begun = time.monotonic()
        self._longest = max(self._longest, begun - self._heard if self._heard else 0.0)
        with self._guarded():
            self._page.write(self._advance())
            if not self._hung:
                build_index(self._run.places.gallery, self._run.registry)
                self._hung = True
        self._heard = ended = time.monotonic()
        self._due = ended + max(SECONDS_BETWEEN, (ended - begun) / LARGEST_SHARE)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Warn, once, of a page that cannot be written, as where the disk is full."""
        try:
            yield
        except (OSError, ArtganError) as error:
            if not self._failed:
                self._warn(f"the page of {self._run.id} cannot be written: {one_line(error)}; training goes on")
            self._failed = True

    def _advance(self) -> Advance:
        run, silent = self._run, SILENT_TIMES * self._longest
        return Advance(
            state=self._state,
            sentence=self._sentence,
            step=run.trainer.steps,
            steps=run.steps,
            facts=self._facts(),
            snapshot=self._snapshot,
            losses={PLAYERS[key]: curve.points for key, curve in self._curves.items() if curve.points},
            metrics=metric_charts(metric_curves(run.journal.rows(METRICS))),
            warnings=self._warnings[: -SHOWN_WARNINGS - 1 : -1],
            silent_seconds=max(LEAST_SILENT, silent) if self._longest else SILENT_AT_FIRST,
        )

    def _facts(self) -> dict[str, str]:
        """Return what the page tells in numbers, each as soon as it is known."""
        run, tick = self._run, self._tick
        facts = {"Step": f"{run.trainer.steps:,} of {run.steps:,}"}
        if tick:
            if self._state == "training":
                facts |= {
                    "Time left": duration(tick.seconds_left),
                    "Speed": f"{tick.steps_per_second:.3g} steps a second",
                }
            facts |= {"Real samples seen": f"{1000 * run.kimg:,.0f}", "Trained for": duration(run.seconds)}
        if now := self._quality:
            facts[now.name] = _judged(now)
        if best := run.best.quality:
            facts["Best so far"] = _judged(best)
        return facts


def _judged(quality: Quality) -> str:
    return f"{quality.value:.3g} at step {quality.step:,}"
