"""Opens a run's page in a browser while it trains."""

from __future__ import annotations

from collections.abc import Callable

from ..artworks.places import RunFolder
from ..gallery.training_page import training_page
from ..interfaces import Observer, RunInfo, Snapshot, Tick


def page_opener(launch: Callable[[str], object]) -> Observer:
    """Return an observer that opens the page of each run once, as soon as it hangs.

    Args:
        launch: opens an address in a browser.
    """
    return _PageOpener(launch)


class _PageOpener(Observer):
    def __init__(self, launch: Callable[[str], object]) -> None:
        self._launch, self._opened = launch, set[str]()

    def run_started(self, run: RunInfo) -> None:
        if run.snapshot:
            self._open(run)

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self._open(run)

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self._open(run)

    def _open(self, run: RunInfo) -> None:
        page = training_page(RunFolder(run.folder))
        if run.id not in self._opened and page.exists():
            self._opened.add(run.id)
            self._launch(page.resolve().as_uri())
