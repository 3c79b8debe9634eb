"""Tells plugins and observers how a training goes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from ..errors import ArtganError, UsageError, describe
from ..interfaces import Observer, Quality, RunInfo, Snapshot, Tick
from .loader import Plugins


class ObserverRelay(Observer):
    """Passes on what it sees, by the name of the hook."""

    @abstractmethod
    def tell(self, hook: str, **arguments: object) -> None:
        """Pass on one call.

        Args:
            hook: the name of the method that was called.
            arguments: what it was given.
        """

    def run_started(self, run: RunInfo) -> None:
        self.tell("run_started", run=run)

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self.tell("run_ticked", run=run, tick=tick)

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self.tell("run_judged", run=run, quality=quality)

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self.tell("run_snapshot_taken", run=run, snapshot=snapshot)

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.tell("run_warned", run=run, message=message)

    def run_finished(self, run: RunInfo) -> None:
        self.tell("run_finished", run=run)


class GuardedObservers(ObserverRelay):
    """Passes on what it sees to the hooks of every plugin and to observers, each in its own guard.

    Args:
        plugins: what was loaded.
        observers: told after the plugins.
        report: told in one line of each that raised; it is not called again.

    Raises:
        UsageError: if one of the observers is none.
    """

    def __init__(self, plugins: Plugins, observers: Sequence[Observer], *, report: Callable[[str], None]) -> None:
        for observer in observers:
            if not isinstance(observer, Observer):
                raise UsageError(f"{observer!r} is no observer: derive its class from artgan.interfaces.Observer")
        self._plugins, self._observers, self._report = plugins, list(observers), report

    @contextmanager
    def joined_by(self, observer: Observer) -> Iterator[None]:
        """Within the context, tell one observer more, before the others."""
        self._observers.insert(0, observer)
        try:
            yield
        finally:
            with suppress(ValueError):  # it has raised, and is told no more
                self._observers.remove(observer)

    def tell(self, hook: str, **arguments: object) -> None:
        known = len(self._plugins.problems)
        self._plugins.notify(hook, **arguments)
        for problem in self._plugins.problems[known:]:
            self._report(str(problem))

        for observer in tuple(self._observers):
            try:
                getattr(observer, hook)(**arguments)
            except ArtganError:
                raise
            except Exception as error:
                self._observers.remove(observer)
                self._report(f"observer {type(observer).__name__}: {hook} raised {describe(error)}; it is told no more")
