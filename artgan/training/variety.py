"""How varied works are beside real samples, and whether they have come to look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

EARLY_SHARE, EARLY_STEPS = 0.2, 200
"""The share of a run in which works are not yet good, and the least number of steps in which they may look alike."""


class Limits(NamedTuple):
    """Shares of what real samples reach: below one a generator has collapsed, from the other on works are varied."""

    collapsed: float
    varied: float


LIMITS = {"diversity": Limits(0.3, 0.6), "nearest distinct": Limits(0.5, 0.6), "distinct-2": Limits(0.3, 0.6)}
"""Those of the numbers that fall where a generator collapses, by name."""


@dataclass(frozen=True)
class VarietyNumber:
    """One number that tells how varied works are.

    Attributes:
        name: what was measured.
        value: the number, of works.
        of_real: the same of real samples, above 0.
    """

    name: str
    value: float
    of_real: float

    @property
    def share(self) -> float:
        """Of what real samples reach."""
        return self.value / self.of_real

    @property
    def limits(self) -> Limits:
        """Of such a number."""
        return LIMITS[self.name]

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3f}, of real samples {self.of_real:.3f}"


@dataclass(frozen=True)
class Variety:
    """How varied works were at a step.

    Attributes:
        step: the steps that had been taken.
        numbers: what tells it, at least one.
    """

    step: int
    numbers: tuple[VarietyNumber, ...]

    @classmethod
    def of(cls, values: Mapping[str, Any], step: int) -> Self | None:
        """Return what is told by numbers that were measured at a step, by name; None where none of them tells."""
        known = [(name, values.get(name), values.get(f"{name} of real", 0.0)) for name in LIMITS]
        told = [VarietyNumber(name, value, real) for name, value, real in known if value is not None and real > 0]
        return cls(step, tuple(told)) if told else None

    @property
    def is_varied(self) -> bool:
        """Whether works are about as varied as real samples."""
        return all(number.share >= number.limits.varied for number in self.numbers)

    def has_collapsed(self, steps: int) -> bool:
        """Return whether works look alike, of a run of so many steps; at its beginning they always do."""
        return self.step > max(steps * EARLY_SHARE, EARLY_STEPS) and self._worst.share < self._worst.limits.collapsed

    @property
    def _worst(self) -> VarietyNumber:
        return min(self.numbers, key=lambda number: number.share / number.limits.collapsed)

    def __str__(self) -> str:
        return str(self._worst)
