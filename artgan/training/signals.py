"""Ctrl-C, SIGTERM and a file that asks to stop: finish the step, save, and say how to go on."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

SECONDS_BETWEEN_LOOKS = 0.25
"""From one look for the file to the next."""


class StopSignals:
    """Within the context, the first SIGINT or SIGTERM only asks to stop; a second SIGINT interrupts at once.

    A file asks too, as Ctrl-C does: other processes can make one wherever they reach the run's folder.

    Args:
        request: the file, which goes when it is heeded; one that is there at the beginning was meant for somebody else.
    """

    def __init__(self, request: Path) -> None:
        self._request, self._received, self._look_at = request, 0, 0.0

    @property
    def received(self) -> int:
        """The signal's number, 0 while there was none."""
        if not self._received and (now := time.monotonic()) >= self._look_at:
            self._look_at = now + SECONDS_BETWEEN_LOOKS
            if self._request.exists():
                self._forget_request()
                self._received = int(signal.SIGINT)
        return self._received

    def __enter__(self) -> Self:
        self._forget_request()
        self._before = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._received and number == signal.SIGINT:
            raise KeyboardInterrupt
        self._received = number

    def _forget_request(self) -> None:
        with suppress(OSError):
            self._request.unlink(missing_ok=True)
