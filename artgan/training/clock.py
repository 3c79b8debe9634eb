"""How long a run has been trained, and how fast."""

from __future__ import annotations

import time
from collections.abc import Callable

ASLEEP_AFTER = 10.0
"""Seconds without computing after which a process was asleep, rather than waiting for its turn."""
ASLEEP_SHARE = 0.01
"""The share of them below which it did not compute."""
LEAST_SECONDS = 1e-3
"""Between two ticks: there are none where the process did nothing but sleep."""


class Clock:
    """Counts the seconds of training over all sittings.

    Time in which the process slept is none of it: the computer was suspended, or the process stopped. Some systems
    count that in their clocks and some do not, so it is told from the little that was computed. None of the clocks
    follows the time of day, which may be set.

    Args:
        now: returns seconds that never go back.
        computed: returns the seconds that the process has computed.
    """

    def __init__(
        self, now: Callable[[], float] = time.perf_counter, computed: Callable[[], float] = time.process_time
    ) -> None:
        self._now, self._computed = now, computed
        self._seconds = self._ticked_seconds = 0.0
        self._ticked_step = 0
        self._read = now(), computed()

    @property
    def seconds(self) -> float:
        """Seconds so far; to be asked more often than a computer falls asleep."""
        before, computed_before = self._read
        self._read = now, computed = self._now(), self._computed()
        passed = now - before
        if passed < ASLEEP_AFTER or computed - computed_before >= ASLEEP_SHARE * passed:
            self._seconds += passed
        return self._seconds

    def set(self, seconds: float, step: int) -> None:
        """Go on from the seconds of earlier sittings, at a step."""
        self._seconds = seconds
        self.start(step)

    def start(self, step: int) -> None:
        """Count from now; what lies between the earlier sittings and now is no training."""
        self._read = self._now(), self._computed()
        self._ticked_seconds, self._ticked_step = self._seconds, step

    def tick(self, step: int) -> tuple[float, float]:
        """Return the seconds so far, and the steps per second since the last tick."""
        seconds = self.seconds
        speed = (step - self._ticked_step) / max(seconds - self._ticked_seconds, LEAST_SECONDS)
        self._ticked_seconds, self._ticked_step = seconds, step
        return seconds, speed
