"""Loss curves: from the rows of a log to the lines and ticks of a chart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

POINTS = 200
SIDE = 1000
"""Lines are drawn on a square of this side, which the page stretches to its own width and height."""

Curve = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: how far along it, in per cent, and its number."""

    place: float
    text: str


@dataclass(frozen=True)
class Line:
    """One player's curve.

    Attributes:
        name: the player.
        raw: SVG path of the values.
        smooth: SVG path of their moving average.
        last: the moving average's last value.
    """

    name: str
    raw: str
    smooth: str
    last: float


@dataclass(frozen=True)
class Chart:
    """What the page draws."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    steps: int


def thin(rows: Sequence[Mapping[str, object]], key: str) -> list[tuple[float, float]]:
    """Return a scalar of a log by step, as at most `POINTS` means; what is not finite is left out.

    Args:
        rows: the log, each row with at least ``step``.
        key: the scalar.
    """
    values = [(row.get("step"), row.get(key)) for row in rows]
    known = [(float(x), float(y)) for x, y in values if _is_finite(x) and _is_finite(y)]  # type: ignore[arg-type]  # finite, so numbers
    size = max(1, math.ceil(len(known) / POINTS))
    return [_mean(known[start : start + size]) for start in range(0, len(known), size)]


def metric_curves(rows: Sequence[Mapping[str, float]]) -> dict[str, list[tuple[float, float]]]:
    """Return what was measured by step, by name, from rows that hold some numbers each."""
    names = dict.fromkeys(name for row in rows for name in row if name != "step")
    return {name: [(row["step"], row[name]) for row in rows if name in row] for name in names}


class GrowingCurve:
    """A scalar that is told step by step, kept as at most twice `POINTS` means however many steps there are."""

    def __init__(self) -> None:
        self._bins: list[tuple[float, float, int]] = []
        self._size = 1

    def add(self, step: int, value: float) -> None:
        """Tell a value; what is not finite is left out, and what was told of later steps is forgotten."""
        if not math.isfinite(value):
            return
        while self._bins and self._bins[-1][0] >= step:
            self._bins.pop()

        new = (float(step), value, 1)
        if self._bins and self._bins[-1][2] < self._size:
            self._bins[-1] = _together(self._bins[-1], new)
        else:
            self._bins.append(new)
        if len(self._bins) > 2 * POINTS:
            self._bins = [_together(*self._bins[at : at + 2]) for at in range(0, len(self._bins), 2)]
            self._size *= 2

    @property
    def points(self) -> list[tuple[float, float]]:
        """The curve so far."""
        return [(step, value) for step, value, _ in self._bins]


def chart(curves: Mapping[str, Curve]) -> Chart | None:
    """Return the chart of some curves by name, or None where there is nothing to draw."""
    drawn = {name: curve for name, curve in curves.items() if len(curve) > 1}
    if not drawn:
        return None
    steps = [x for curve in drawn.values() for x, _ in curve]
    smooth = {name: _smoothed(curve) for name, curve in drawn.items()}
    low, high = _range([y for curve in drawn.values() for _, y in curve], [y for c in smooth.values() for _, y in c])
    window = 0.0, max(steps), low, high
    lines = tuple(
        Line(name, _path(curve, window), _path(smooth[name], window), smooth[name][-1][1])
        for name, curve in drawn.items()
    )
    across, up = _ticks(0, max(steps)), _ticks(low, high)
    return Chart(lines, across, tuple(Tick(100 - tick.place, tick.text) for tick in up), int(max(steps)))


def _together(*bins: tuple[float, float, int]) -> tuple[float, float, int]:
    """Return the mean of bins of steps, values and counts."""
    count = sum(number for _, _, number in bins)
    step, value = (sum(part[axis] * part[2] for part in bins) / count for axis in (0, 1))
    return step, value, count


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _mean(points: Curve) -> tuple[float, float]:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _smoothed(curve: Curve) -> list[tuple[float, float]]:
    """Return the mean over a twentieth of the curve to either side of each point, so that it does not lag behind."""
    half = max(1, len(curve) // 20)
    return [(x, _mean(curve[max(0, at - half) : at + half + 1])[1]) for at, (x, _) in enumerate(curve)]


def _range(raw: Sequence[float], smooth: Sequence[float]) -> tuple[float, float]:
    """Return the range to show: all of the smooth lines, and the raw ones but for the outermost 2 % at each end."""
    ordered = sorted(raw)
    cut = len(ordered) // 50
    low, high = min(*smooth, ordered[cut]), max(*smooth, ordered[-1 - cut])
    margin = max(0.05 * (high - low), 0.001 * max(abs(low), abs(high))) or 0.5
    return low - margin, high + margin


def _path(curve: Curve, window: tuple[float, float, float, float]) -> str:
    left, right, low, high = window
    points = [
        f"{SIDE * (x - left) / ((right - left) or 1):.0f},{SIDE * (high - y) / (high - low):.0f}" for x, y in curve
    ]
    return "M" + "L".join(points)


def _ticks(low: float, high: float) -> tuple[Tick, ...]:
    """Return three to seven round numbers between low and high."""
    span = (high - low) or 1
    rough = 10 ** math.floor(math.log10(span / 4))
    size = next(rough * factor for factor in (1, 2, 5, 10) if span / (rough * factor) <= 6)
    digits = max(0, -math.floor(math.log10(size)))
    first, last = math.ceil(low / size), math.floor(high / size)
    return tuple(
        Tick(round(100 * (number * size - low) / span, 2), f"{number * size:,.{digits}f}")
        for number in range(first, last + 1)
    )
