"""A race for quality: who trains is measured at the same times of their own clocks, and drawn as curves.

A clock is the processor time that a contender's steps took, with one thread for all of torch, so that neither what else
the machine does nor the measuring itself counts; on a GPU, the time until their work is done. The contender whose clock
is furthest behind takes the next step: all of them train side by side, and what slows the machine slows everybody.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.contenders import Contender, Pictures

Curve = list[tuple[float, float]]
"""Seconds of training, and the distance to pictures that nothing is trained on."""
Clock = Callable[[], float]

COLOURS = ("#c8102e", "#1f4e9c", "#2e7d32", "#8e5bb0", "#b8860b", "#444444")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 64, 190, 44, 48
LINE = 15


@dataclass
class Runner:
    """A contender on the way.

    Attributes:
        contender: who trains.
        seconds: its clock.
        steps: how many it has taken.
        measured: after how many of them it was last measured.
        curves: what was measured, by name.
    """

    contender: Contender
    seconds: float = 0.0
    steps: int = 0
    measured: int = -1
    curves: dict[str, Curve] = field(default_factory=dict)

    def step(self, clock: Clock) -> None:
        start = clock()
        self.contender.step()
        self.seconds += clock() - start
        self.steps += 1

    def measure(self, distances: Callable[[Pictures], Mapping[str, float]], count: int) -> None:
        """Add a point to each curve, where steps were taken since the last."""
        if self.measured == self.steps:
            return
        self.measured = self.steps
        for name, distance in distances(self.contender.make(count)).items():
            self.curves.setdefault(name, []).append((self.seconds, distance))


def race(
    contenders: Sequence[Contender],
    times: Sequence[float],
    distances: Callable[[Pictures], Mapping[str, float]],
    count: int,
    clock: Clock = time.process_time,
) -> dict[str, Runner]:
    """Train all contenders side by side.

    Args:
        contenders: who trains; the memory allocators are warm after one step, which counts.
        times: seconds after which each is measured, rising.
        distances: of generated pictures, by name.
        count: how many pictures are measured.
        clock: tells the seconds that count.
    """
    runners = [Runner(contender) for contender in contenders]
    for until in times:
        while behind := [runner for runner in runners if runner.seconds < until]:
            min(behind, key=lambda runner: runner.seconds).step(clock)
        for runner in runners:
            runner.measure(distances, count)
    return {runner.contender.name: runner for runner in runners}


def best(curve: Curve) -> float:
    """Return the lowest distance of a curve."""
    return min(distance for _, distance in curve)


def reached(curve: Curve, distance: float) -> float | None:
    """Return the seconds after which a distance was first reached, or None; lines between points are logarithmic."""
    before: tuple[float, float] | None = None
    for seconds, found in curve:
        if found <= distance:
            if before is None or before[1] <= found:
                return seconds
            share = math.log(before[1] / distance) / math.log(before[1] / found)
            return before[0] * (seconds / before[0]) ** share
        before = seconds, found
    return None


def geometric(first: float, last: float, count: int) -> list[float]:
    """Return so many times from the first to the last, each a like factor after the one before."""
    return [first * (last / first) ** (number / (count - 1)) for number in range(count)]


def plot(curves: Mapping[str, Curve], title: str, floor: float) -> str:
    """Return an SVG of curves on logarithmic scales.

    Args:
        curves: by name.
        title: above them.
        floor: the distance that real pictures have, a dashed line.
    """
    xs = [seconds for curve in curves.values() for seconds, _ in curve]
    ys = [distance for curve in curves.values() for _, distance in curve] + [floor]
    low_x, high_x, low_y, high_y = min(xs), max(xs), min(ys) / 1.2, max(ys) * 1.2

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(seconds / low_x) / math.log(high_x / low_x)

    def y(distance: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * math.log(high_y / distance) / math.log(high_y / low_y)

    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [f'<text x="{LEFT}" y="24" font-size="15">{title}</text>']
    for value in _ticks(low_x, high_x):
        parts.append(f'<path d="M{x(value):.1f},{TOP}V{bottom}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle">{value:g}</text>')
    for value in _ticks(low_y, high_y):
        parts.append(f'<path d="M{LEFT},{y(value):.1f}H{right}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    parts.append(f'<path d="M{LEFT},{y(floor):.1f}H{right}" stroke="#888" stroke-dasharray="4 4"/>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">seconds of training, one thread</text>')
    named = {"real pictures": (y(floor), "#666")}
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        path = "L".join(f"{x(seconds):.1f},{y(distance):.1f}" for seconds, distance in curve)
        parts.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2" fill="none"/>')
        named[name] = y(curve[-1][1]), colour
    lowest = float(HEIGHT)
    for name, (place, colour) in sorted(named.items(), key=lambda item: -item[1][0]):
        lowest = min(place + 4, lowest - LINE)
        parts.append(f'<text x="{right + 8}" y="{lowest:.1f}" fill="{colour}">{name}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
    return f'{head} font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'


def _ticks(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2 and 5 times a power of ten that lie between two."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5) if low <= digit * 10.0**power <= high]
