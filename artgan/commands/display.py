"""What a person sees while something takes long: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..interfaces import Observer, Progress, Quality, RunInfo, Snapshot, Tick
from ..training.run_line import line_of, numbers_of
from .terminal import console, escaped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SECONDS_BETWEEN_LINES = 10.0


class Display(Observer):
    """Tells how things go, as a reporter, and how a run advances, as an observer.

    Args:
        quiet: say nothing but warnings.
        silent: say nothing at all, since another process does.
    """

    def __init__(self, *, quiet: bool, silent: bool = False) -> None:
        self.quiet, self.silent = quiet or silent, silent
        self.console = console(stderr=True)
        self._bar: Bar | None = None
        self._line_at = 0.0
        self._snapshot: Snapshot | None = None
        self._quality: Quality | None = None

    def say(self, message: str) -> None:
        """Print a line, unless quiet."""
        if not self.quiet:
            self.console.print(escaped(message))

    def warn(self, message: str) -> None:
        """Print a warning, even when quiet."""
        if self.silent:
            return
        self.console.print(f"Warning: {escaped(message)}", style="yellow")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Yield a callback for `artgan.interfaces.Progress`, shown as a bar on a terminal."""
        if self.quiet or not self.console.is_terminal:
            yield lambda what, done, total: None
            return
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        what_is_done = TextColumn("{task.description}", markup=False)
        columns = what_is_done, BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        with Bar(*columns, console=self.console, transient=True) as bar:
            tasks: dict[str, TaskID] = {}

            def report(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(escaped(what), total=total)
                bar.update(tasks[what], completed=done, total=total)
                if speed := bar.tasks[tasks[what]].speed:
                    bar.update(tasks[what], description=f"{escaped(what)}, {speed:,.0f}/s")

            yield report

    @contextmanager
    def training(self) -> Iterator[None]:
        """Leave no bar of a run behind, however the context ends."""
        try:
            yield
        finally:
            self.end()

    def end(self) -> None:
        """Take away the bar of a run, if there is one."""
        if self._bar:
            self._bar.stop()
        self._bar = None

    def run_started(self, run: RunInfo) -> None:
        self._line_at, self._snapshot, self._quality = time.monotonic(), run.snapshot, None
        if not self.quiet and self.console.is_terminal:
            self._bar = _run_bar(self.console)
            self._bar.add_task("", total=run.steps, completed=run.first_step, numbers="")
            self._bar.start()

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        numbers = numbers_of(tick, self._snapshot, self._quality)
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=tick.step, numbers=escaped(numbers))
        elif time.monotonic() - self._line_at >= SECONDS_BETWEEN_LINES or tick.step == tick.steps:
            self._line_at = time.monotonic()
            self.say(line_of(tick, numbers))

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self._quality = quality

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def run_finished(self, run: RunInfo) -> None:
        self.end()

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.warn(message)


def _run_bar(screen: Console) -> Bar:
    """Return a bar that shows steps, the time that remains, and numbers."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[numbers]}", markup=False),
        console=screen,
    )
