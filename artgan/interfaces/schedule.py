"""Numbers that change over a run, written as one value."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

SHAPES = ("linear", "cosine", "warmup")
SYNTAX = (
    "A schedule stands where a number does: linear:FIRST..LAST and cosine:FIRST..LAST go from one number to another, "
    "warmup:VALUE rises from 0 over the first twentieth of the run, warmup:VALUE..LAST falls to LAST over the rest. "
    "@START..END says from which share of the run to which: linear:1e-3..0@0.5..1 falls to 0 in the second half; "
    "warmup:1e-3..0@0.1..0.5 rises until a tenth, falls from the half on."
)
WARM_UP_SHARE = 0.05
"""How much of a run a warm-up takes unless told otherwise."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT = re.compile(rf"(\w+):({_NUMBER})(?:\.\.({_NUMBER}))?(?:@({_NUMBER})(?:\.\.({_NUMBER}))?)?")


@dataclass(frozen=True)
class Schedule:
    """A number as a pure function of the share of a run that is done.

    The shapes ``linear`` and ``cosine`` stay at ``first`` until ``start``, go to ``last`` until ``end``, and stay
    there; ``cosine`` by half a period (Loshchilov and Hutter 2017, arXiv:1608.03983). ``warmup`` rises linearly from 0
    to ``first`` until ``start``, stays there until ``end``, and goes linearly to ``last`` until the end of the run
    (Goyal et al. 2017, arXiv:1706.02677). A constant is no schedule but a number.

    Attributes:
        shape: how it goes.
        first: the number before the change; for a warm-up that at its top.
        last: the number after it.
        start: the share of the run at which the change begins, 0 to 1; for a warm-up that at which the rise ends.
        end: the share at which it ends; for a warm-up that at which the fall begins.

    Raises:
        ValueError: for another shape, numbers that are infinite or infinitely far apart, shares out of order, or a
            warm-up whose fall would begin where the run ends.
    """

    shape: str
    first: float
    last: float
    start: float = 0.0
    end: float = 1.0

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ValueError(f"{self.shape!r} is no schedule: write one of {', '.join(SHAPES)}")
        if not math.isfinite(self.first - self.last):
            raise ValueError(f"schedule {self} is not finite")

        warms_up = self.shape == "warmup"
        in_order = 0 < self.start <= self.end if warms_up else 0 <= self.start < self.end
        if not (in_order and self.end <= 1):
            raise ValueError(f"schedule {self} needs two shares of the run, 0 to 1, the first before the second")
        if warms_up and self.end == 1 and self.first != self.last:
            last = _shortest(self.last)
            raise ValueError(
                f"schedule {self} never reaches {last}: the share at which it leaves its top must be below 1"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a schedule as it is written, such as ``linear:1e-3..0@0.5..1``.

        Raises:
            ValueError: saying how to write one.
        """
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"{text!r} is no schedule: write SHAPE:FIRST..LAST@START..END, as in linear:1e-3..0@0.5..1"
            )
        shape, first, last, start, end = found.groups()
        if shape == "warmup":
            start = start or str(WARM_UP_SHARE)
            end = end or ("1" if last is None else start)
            last = last or first
        elif last is None:
            raise ValueError(f"schedule {text!r} lacks where it goes: write {shape}:{first}..LAST")
        return cls(shape, float(first), float(last), float(start or 0), float(end or 1))

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest number that it takes."""
        numbers = (self.first, self.last, *((0.0,) if self.shape == "warmup" else ()))
        return min(numbers), max(numbers)

    @property
    def changes_from(self) -> float:
        """The share of the run until which it stays the same."""
        return 0.0 if self.shape == "warmup" else self.start

    def at(self, progress: float) -> float:
        """Return the number at a share of the run, 0 to 1."""
        leaves, arrives = (self.end, 1.0) if self.shape == "warmup" else (self.start, self.end)
        if self.shape == "warmup" and progress < self.start:
            return self.first * (progress / self.start)
        if progress <= leaves:
            return self.first

        remaining = _remaining(progress, leaves, arrives)
        if self.shape == "cosine":
            remaining = (1 - math.cos(math.pi * remaining)) / 2
        return self.last + (self.first - self.last) * remaining

    def scaled(self, factor: float) -> Self:
        """Return the schedule of that many times the numbers."""
        return replace(self, first=factor * self.first, last=factor * self.last)

    def __str__(self) -> str:
        """Return it as `parse` reads it."""
        first, last, start, end = map(_shortest, (self.first, self.last, self.start, self.end))
        if self.shape == "warmup":
            numbers = first if first == last else f"{first}..{last}"
            usual = "1" if first == last else start
            return f"warmup:{numbers}@{start}" if end == usual else f"warmup:{numbers}@{start}..{end}"
        return f"{self.shape}:{first}..{last}" + ("" if (start, end) == ("0", "1") else f"@{start}..{end}")


def _remaining(progress: float, start: float, end: float) -> float:
    """Return how much of a change is still to come, 1 to 0.

    The length is that of the shares as they are written: 1 - 0.7 is 0.3 here, not the 0.30000000000000004 of floats.
    """
    length = float(Fraction(repr(end)) - Fraction(repr(start)))
    return max(0.0, min(1.0, (end - progress) / length))


def _shortest(number: float) -> str:
    return repr(number).removesuffix(".0")
