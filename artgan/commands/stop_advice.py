"""What a command says when a signal stops it outside of training, which saves by itself."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from ..interfaces import Observer, RunInfo
from ..plugins.registry import Registry
from .terminal import echo


class Terminated(KeyboardInterrupt):
    """SIGTERM was received."""


@dataclass
class Stop:
    """What to tell a person who stops the program.

    Attributes:
        advice: how to go on.
    """

    advice: str = "Stopped before the first step: nothing is lost."


class ResumeAdvice(Observer):
    """An observer that lets a person who stops the program know of the run that is trained.

    Args:
        stop: whose advice it changes.
        registry: knows the plugins that the run goes on with.
    """

    def __init__(self, stop: Stop, registry: Registry) -> None:
        self.stop, self.registry = stop, registry

    def run_started(self, run: RunInfo) -> None:
        again = self.registry.command("artgan", "run", "--resume", run.folder)
        self.stop.advice = f"Run {run.id} is as it was last saved. Go on with: {again}"


@contextmanager
def stoppable(*, silent: bool = False) -> Iterator[Stop]:
    """Within the context, Ctrl-C and SIGTERM end the program with 128 + their number, and with advice unless silent."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield stop
    except KeyboardInterrupt as interrupt:
        if not silent:
            echo(err=True)
            echo(stop.advice, err=True)
        sys.exit(stop_code(interrupt))
    finally:
        signal.signal(signal.SIGTERM, before)


def stop_code(interrupt: KeyboardInterrupt) -> int:
    """Return the exit code of a program that was interrupted."""
    return 128 + (signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
