"""Whether a run has become much slower than it was."""

from __future__ import annotations

SECONDS = 2.0
"""Seconds of steps whose mean is compared: shorter ones are noise."""
MUCH_SLOWER = 10.0
"""How many times as long a step must take to be told."""


class SpeedWatch:
    """Compares what steps take with what they took when they were quickest."""

    def __init__(self) -> None:
        self._quickest = float("inf")
        self._seconds, self._steps, self._told = 0.0, 0, False

    def new_slowdown(self, seconds: float) -> float:
        """Return how many times as long as the quickest steps now take, once, where that is very long; else 0.

        Args:
            seconds: that the newest step took.
        """
        self._seconds, self._steps = self._seconds + seconds, self._steps + 1
        if self._seconds < SECONDS:
            return 0.0
        mean = self._seconds / self._steps
        self._seconds, self._steps = 0.0, 0
        self._quickest = min(self._quickest, mean)

        slower = mean / self._quickest
        if self._told or slower < MUCH_SLOWER:
            return 0.0
        self._told = True
        return slower
