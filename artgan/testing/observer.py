"""Checks of observers, in short real runs."""

from __future__ import annotations

import gc
import inspect
import io
import os
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from ..artworks.places import RunFolder
from ..errors import describe, did_you_mean
from ..interfaces import Observer, RunInfo, Tick
from ..plugins.loader import load
from ..plugins.observers import ObserverRelay
from ..plugins.registry import Source
from ..training.journal import EVENTS, LOSSES, METRICS
from .findings import Findings
from .observed_run import OBSERVED_RUNS
from .process_state import changed_switches, isolated

HOOKS = [name for name in vars(Observer) if name.startswith("run_")]
MAX_SECONDS = 0.5
"""What the quickest tick may take: training waits for it, again and again."""

SIGNALS = signal.SIGINT, signal.SIGTERM
Hooks = Mapping[str, Callable[..., object]]
OPEN_FILES = io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom, io.FileIO


def find_faults(observer: object) -> Findings:
    """Return what is wrong with an observer: an `Observer`, or a plugin's module or object with hooks."""
    findings = Findings()
    if not findings.find_faults([is_called], observer):
        return findings

    with isolated(), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        for number, run in enumerate(OBSERVED_RUNS):
            folder = Path(place).resolve() / str(number)
            current = folder / "current"
            current.mkdir(parents=True)
            watch = Watch(_hooks_of(observer))
            with chdir(current):
                observed = run.play(folder, watch)
            for fault in (*watch.faults, *_left_behind(observed, current)):
                findings.add(fault, run.name)
    return findings


def is_called(observer: object) -> Iterator[str]:
    """Find what no run would ever call, and what it could not call."""
    if isinstance(observer, type):
        yield f"{observer.__name__} is a class: give an object of it"
        return

    if isinstance(observer, Observer):
        strange = [name for name in dir(observer) if name.startswith("run_") and name not in HOOKS]
        yield from (f"{name} is never called{did_you_mean(name, HOOKS)}" for name in strange)
    else:
        plugins = load([])
        plugins.register(observer, Source("checked", "checked", ""))
        yield from (problem.reason for problem in plugins.problems)
        unmarked = [name for name in HOOKS if hasattr(observer, name) and name not in _hooks_of(observer)]
        yield from (f"{name} is never called: mark it with @artgan.hookimpl" for name in unmarked)
    if not _hooks_of(observer):
        yield f"it sees nothing of a run: write one of {', '.join(HOOKS)}"


class Watch(ObserverRelay):
    """Calls the hooks of an observer, until one raises, and looks what they do.

    Args:
        hooks: the observer's own, by name.
    """

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._found, self._raised = list[str](), False
        self._starts, self._step, self._when = 0, 0, ""
        self._seconds = list[float]()

    @property
    def faults(self) -> list[str]:
        """What was found so far."""
        slow = bool(self._seconds) and min(self._seconds) > MAX_SECONDS
        return [
            *self._found,
            *([f"run_ticked takes over {MAX_SECONDS} s each time: training waits for it"] if slow else []),
        ]

    def tell(self, hook: str, **arguments: object) -> None:
        run, tick = arguments["run"], arguments.get("tick")
        assert isinstance(run, RunInfo)
        assert tick is None or isinstance(tick, Tick)
        self._note_when(hook, tick)
        if self._raised or hook not in self._hooks:
            return

        with _harmless(hook, run, tick, self._found):
            start = time.perf_counter()
            self._call(hook, run, arguments)
            if tick:
                self._seconds.append(time.perf_counter() - start)

    def _note_when(self, hook: str, tick: Tick | None) -> None:
        """Keep in words what an author may not have thought of."""
        if hook == "run_started":
            self._starts += 1
            self._when = " when the run went on after a stop" if self._starts > 1 else ""
        elif tick:
            self._when = " when steps came again after a return to a checkpoint" if tick.step <= self._step else ""
            self._step = tick.step

    def _call(self, hook: str, run: RunInfo, arguments: Mapping[str, object]) -> None:
        function = self._hooks[hook]
        try:
            wanted = inspect.signature(function).parameters
            function(**{name: value for name, value in arguments.items() if name in wanted})
        except (Exception, SystemExit) as error:
            self._raised = True
            what = describe(error).replace(str(run.folder), "run.folder")
            self._found.append(f"{hook} raised {what}{self._when}{_line_of(error)}")


@contextmanager
def _harmless(hook: str, run: RunInfo, tick: Tick | None, found: list[str]) -> Iterator[None]:
    """Find what is changed within the context though others go by it, and put back what the next steps need."""
    handlers, folder, files = _handlers(), Path.cwd(), _files_of(run.folder)
    scalars = dict(tick.scalars) if tick else {}
    with changed_switches() as changed:
        yield

    found += [f"{hook} changes {name}: leave torch's settings alone" for name in changed]
    if _handlers() != handlers:
        found.append(f"{hook} takes over Ctrl-C or SIGTERM, by which runs are stopped and saved: leave them alone")
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if Path.cwd() != folder:
        found.append(f"{hook} changes the current folder, in which paths are looked up: leave it")
        os.chdir(folder)

    if names := sorted({name for name, _ in files.items() ^ _files_of(run.folder).items()}):
        found.append(f"{hook} changes {names[0]}, which is the run's: write other files into run.folder")
    if tick and tick.scalars != scalars:
        found.append(f"{hook} changes tick.scalars, which others see too: change a copy, dict(tick.scalars)")


def _left_behind(folder: RunFolder, current: Path) -> Iterator[str]:
    """Find what is still there when a run has reached its end."""
    for place in (current, folder.path.parent):
        for path in sorted(place.iterdir()):
            if path != folder.path:
                yield f"it writes {path.name} outside of the run's folder: write into run.folder"

    gc.collect()
    still_open = {_path_of(item) for item in gc.get_objects() if type(item) in OPEN_FILES}
    for file in sorted(file for file in still_open if file and file.is_relative_to(folder.path)):
        yield f"it leaves {file.name} open after run_finished: close it there"


def _path_of(file: io.TextIOWrapper | io.BufferedWriter | io.BufferedRandom | io.FileIO) -> Path | None:
    """Return where a file lies that is open; None for one that is not, or lies nowhere."""
    try:
        return Path(file.name) if not file.closed and isinstance(file.name, str) else None
    except (AttributeError, ValueError):  # in memory, or detached
        return None


def _hooks_of(observer: object) -> Hooks:
    """Return the hooks that an observer implements, by name."""
    if isinstance(observer, Observer):
        own = [name for name in HOOKS if getattr(type(observer), name) is not getattr(Observer, name)]
    else:
        own = [name for name in HOOKS if hasattr(getattr(observer, name, None), "artgan_impl")]
    return {name: getattr(observer, name) for name in own}


def _handlers() -> dict[signal.Signals, Any]:
    return {number: signal.getsignal(number) for number in SIGNALS}


def _files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of the files that are the run's own, by name."""
    run = RunFolder(folder)
    files = [run.recipe, *(folder / name for name in (LOSSES, METRICS, EVENTS))]
    for place in (run.checkpoints, run.best, run.snapshots):
        files += place.rglob("*")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()}


def _line_of(error: BaseException) -> str:
    """Return where in the hook it was raised."""
    inner = traceback.extract_tb(error.__traceback__)[1:2]
    return "".join(f" ({Path(frame.filename).name}, line {frame.lineno})" for frame in inner)
