"""What a person sees in Python while something takes long: a live figure in a notebook, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from ..artworks.places import RunFolder
from ..interfaces import Observer, Progress, Quality, RunInfo, Snapshot, Tick
from ..training.run_line import line_of, numbers_of

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

SECONDS_BETWEEN_LINES, SECONDS_BETWEEN_FIGURES, SECONDS_BETWEEN_REPORTS = 10.0, 2.0, 0.5
LARGEST_SHARE = 0.01
"""Of the time of a run that its figure may take."""


class Display(Observer):
    """Tells how things go, as a reporter, and how a run advances, as an observer.

    Args:
        quiet: say nothing but warnings.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._live = not quiet and in_notebook()
        self._figure: DisplayHandle | None = None
        self._snapshot: Snapshot | None = None
        self._quality: Quality | None = None
        self._next = 0.0

    def say(self, message: str) -> None:
        """Print a line, unless quiet."""
        if not self.quiet:
            print(message, file=None if self._live else sys.stderr, flush=True)

    def warn(self, message: str) -> None:
        """Print a warning, even when quiet."""
        print(f"Warning: {message}", file=sys.stderr, flush=True)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Yield a callback for `artgan.interfaces.Progress`, which is shown as a line that goes again in a notebook."""
        line: DisplayHandle | None = None
        due = time.monotonic() + SECONDS_BETWEEN_REPORTS

        def report(what: str, done: int, total: int) -> None:
            nonlocal line, due
            if self._live and time.monotonic() >= due:
                due = time.monotonic() + SECONDS_BETWEEN_REPORTS
                line = line or _shown()
                line.update(Html(escape(f"{what}: {done:,} of {total:,}")))

        try:
            yield report
        finally:
            if line:
                line.update(Html(""))

    @contextmanager
    def training(self) -> Iterator[None]:
        """Leave no figure of a run behind, however the context ends: what comes of it is shown in its place."""
        try:
            yield
        finally:
            if self._figure:
                self._figure.update(Html(""))
            self._figure = None

    def run_started(self, run: RunInfo) -> None:
        self._snapshot, self._quality, self._next = run.snapshot, None, time.monotonic() + SECONDS_BETWEEN_LINES
        if self._live:
            self._figure, self._next = _shown(), time.monotonic()

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        """Show the figure anew, or print a line, where enough time is over."""
        if (begun := time.monotonic()) < self._next and tick.step < tick.steps:
            return
        if not self._figure:
            self.say(line_of(tick, numbers_of(tick, self._snapshot, self._quality)))
            self._next = begun + SECONDS_BETWEEN_LINES
            return

        from ..gallery.run_figure import run_figure

        status = line_of(tick, numbers_of(tick, None, self._quality))
        self._figure.update(Html(run_figure(RunFolder(run.folder), status)))
        ended = time.monotonic()
        self._next = ended + max(SECONDS_BETWEEN_FIGURES, (ended - begun) / LARGEST_SHARE)

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self._quality = quality

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.warn(message)


class Html:
    """HTML that a notebook shows.

    Args:
        text: the HTML.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_html_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return ""


def in_notebook() -> bool:
    """Return whether what is displayed is shown by a notebook, without importing anything."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def _shown() -> DisplayHandle:
    """Return a place in the output of a cell, empty yet, whose content can be changed."""
    from IPython.display import display

    return display(Html(""), display_id=True)
