"""Tells plugins how a training goes."""

from __future__ import annotations

from ..interfaces import Observer, Quality, RunInfo, Snapshot, Tick
from .loader import Plugins


class PluginObservers(Observer):
    """Passes on what it sees to the hooks of every plugin, each in its own guard.

    Args:
        plugins: what was loaded.
    """

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins

    def run_started(self, run: RunInfo) -> None:
        self.plugins.notify("run_started", run=run)

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self.plugins.notify("run_ticked", run=run, tick=tick)

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self.plugins.notify("run_judged", run=run, quality=quality)

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self.plugins.notify("run_snapshot_taken", run=run, snapshot=snapshot)

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.plugins.notify("run_warned", run=run, message=message)

    def run_finished(self, run: RunInfo) -> None:
        self.plugins.notify("run_finished", run=run)
