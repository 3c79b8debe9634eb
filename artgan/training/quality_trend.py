"""Whether a run's works have become worse than they were, beyond chance, and for how long."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

STANDARD_ERROR = " (standard error)"
"""What is added to the name of a number for that of its standard error."""

CLEARLY = 4.0
"""Standard errors of a difference by which works are clearly worse: more than three, since the best was lucky too."""


@dataclass(frozen=True)
class Standing:
    """How good works were at a step, by one number of which less is better.

    Attributes:
        step: the steps that had been taken.
        name: what was measured.
        value: the number.
        error: its standard error, over samples.
    """

    step: int
    name: str
    value: float
    error: float

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self | None:
        """Return what a row of the metrics' log tells, or None where it tells of no standing."""
        for name in row:
            if f"{name}{STANDARD_ERROR}" in row:
                return cls(row["step"], name, float(row[name]), float(row[f"{name}{STANDARD_ERROR}"]))
        return None

    def to_row(self) -> dict[str, float]:
        """Return it as numbers by name, the step apart."""
        return {self.name: self.value, f"{self.name}{STANDARD_ERROR}": self.error}

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3g} ± {2 * self.error:.2g}"


@dataclass(frozen=True)
class QualityTrend:
    """How a run's works stand now, beside the best of those that it may return to.

    Attributes:
        now: how they stand; None where it is not known.
        best: the best of them, the newest among them; None where none is known.
        worse_from: the step from which on all were clearly worse than those; None where they are not now.
    """

    now: Standing | None = None
    best: Standing | None = None
    worse_from: int | None = None

    @classmethod
    def of(cls, standings: Sequence[Standing], step: int, returns: Collection[int]) -> Self:
        """Return the trend at a step.

        Args:
            standings: in the order of their steps; those count that are of the number that the last is of.
            step: that of now.
            returns: the steps that the run may return to.
        """
        standings = [standing for standing in standings if standing.name == standings[-1].name]
        # Errors are taken together, since that of one look is known by few parts alone.
        error = math.sqrt(2 * sum(standing.error**2 for standing in standings) / max(1, len(standings)))
        now = standings[-1] if standings and standings[-1].step == step else None
        known = [standing for standing in standings if standing.step in returns or standing is now]
        best = min(known, default=None, key=lambda standing: standing.value)
        if best is None:
            return cls(now)

        worse_from = None
        for standing in standings:
            if standing.value - best.value <= CLEARLY * error:
                worse_from = None
            elif worse_from is None:
                worse_from = standing.step
        return cls(now, best, worse_from if now else None)
