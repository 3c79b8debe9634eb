"""How long a run has been trained, and how fast."""

from __future__ import annotations

import time


class Clock:
    """Counts the seconds of training over all sittings."""

    def __init__(self) -> None:
        self._earlier = 0.0
        self._since, self._ticked_seconds, self._ticked_step = time.perf_counter(), 0.0, 0

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self._earlier + time.perf_counter() - self._since

    def set(self, seconds: float, step: int) -> None:
        """Go on from the seconds of earlier sittings, at a step."""
        self._earlier = seconds
        self.start(step)

    def start(self, step: int) -> None:
        """Count from now; what lies between the earlier sittings and now is no training."""
        self._since = time.perf_counter()
        self._ticked_seconds, self._ticked_step = self._earlier, step

    def tick(self, step: int) -> tuple[float, float]:
        """Return the seconds so far, and the steps per second since the last tick."""
        seconds = self.seconds
        speed = (step - self._ticked_step) / (seconds - self._ticked_seconds)
        self._ticked_seconds, self._ticked_step = seconds, step
        return seconds, speed
