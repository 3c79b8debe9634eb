"""What a run's page costs while it trains."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.ratio import Ratio

from artgan.api import Budget, RunRequest, _result, run
from artgan.gallery.page_observer import PageObserver
from artgan.interfaces import Quality, RunInfo, Snapshot, Tick

MINUTES = 1.0


def measure(place: Path) -> Iterator[Ratio]:
    """Run the bundled tiles for a minute, and add up what writing the page takes of the process's time."""
    _result.PageObserver = TimedPage  # type: ignore[misc]  # the one that is measured
    try:
        budget, judged = Budget(minutes=MINUTES), {"training": {"evaluate_every": 100}}
        run(RunRequest(dataset="tiles", budget=budget, settings=judged, threads=1, device="cpu", out=place))
    finally:
        _result.PageObserver = PageObserver  # type: ignore[misc]
    share = TimedPage.seconds / TimedPage.of
    remark = f"{TimedPage.seconds:.3f} s of {TimedPage.of:.1f} s"
    yield Ratio("share of a run's time that its page takes", share, at_most=0.01, remark=remark)


class TimedPage(PageObserver):
    """Adds up the process's time that it takes.

    Attributes:
        seconds: what it took.
        of: what the run took, from its first step to its last.
    """

    seconds, of, _begun = 0.0, 0.0, 0.0

    def run_started(self, run: RunInfo) -> None:
        TimedPage._begun = time.process_time()
        _timed(lambda: super(TimedPage, self).run_started(run))

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        _timed(lambda: super(TimedPage, self).run_ticked(run, tick))

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        _timed(lambda: super(TimedPage, self).run_judged(run, quality))

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        _timed(lambda: super(TimedPage, self).run_snapshot_taken(run, snapshot))

    def run_finished(self, run: RunInfo) -> None:
        _timed(lambda: super(TimedPage, self).run_finished(run))
        TimedPage.of = time.process_time() - TimedPage._begun


def _timed(act: Callable[[], None]) -> None:
    begun = time.process_time()
    act()
    TimedPage.seconds += time.process_time() - begun
