"""Notes and rests as they stand on a staff, on whatever takes ink. Lengths are in staff spaces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .abc_writer import triplet_at
from .tune import Bar

STEM, FLAT_BEAM, BEAM = 3.3, 0.12, 0.5
"""The length of a stem, the steepest beam, and how thick one is."""
ACCIDENTAL = 0.8
"""The room of an accidental, where an eighth takes 1."""
HEAD = 1.18
"""How wide a black head is."""

STEPS = (
    (0, ""),
    (0, "sharp"),
    (1, ""),
    (2, "flat"),
    (2, ""),
    (3, ""),
    (3, "sharp"),
    (4, ""),
    (5, "flat"),
    (5, ""),
    (6, "flat"),
    (6, ""),
)
"""For each pitch class the letter, counted from C, and its accidental, where the key has none."""
E4 = 37
"""The lowest line of the staff, in letters above the C below all."""
TOP, MIDDLE, BOTTOM = 8, 4, 0
"""Steps above the lowest line."""


class Ink(Protocol):
    """Takes what is drawn."""

    def glyph(self, name: str, x: float, y: float) -> None:
        """Draw a glyph with its origin at a point."""

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float) -> None:
        """Draw a line."""

    def polygon(self, *points: tuple[float, float]) -> None:
        """Draw a filled polygon."""

    def dot(self, x: float, y: float) -> None:
        """Draw a dot."""


@dataclass
class Sign:
    """A note or a rest on its way to paper.

    Attributes:
        step: above the lowest line; None for a rest.
        accidental: the glyph before it, empty for none.
        head: the glyph of its head, or of a rest.
        flags: how many it has where it stands alone.
        dots: how many follow it.
        start: the tick of its bar.
        triplet: whether it is one of three.
        x: where it stands.
    """

    step: int | None
    accidental: str
    head: str
    flags: int
    dots: int
    start: int
    triplet: bool
    x: float = 0.0


def weight_of(ticks: int) -> float:
    """Return the room of a note, where an eighth takes 1."""
    return max(1.0, math.pow(ticks / 6, 0.6))


def draw_signs(signs: Sequence[Sign], beat: int, ink: Ink, top: float) -> None:
    """Draw what is in a bar, where each sign stands already."""
    for group in _groups(signs, beat):
        if group[0].step is None:
            _rest(group[0], ink, top)
            continue
        for sign in group:
            _head(sign, ink, top)
        _stems(group, ink, top)


def signs_of(bar: Bar, lowest: int = E4) -> list[Sign]:
    """Return the notes and rests of a bar, with the accidentals that they need.

    Args:
        bar: the events.
        lowest: the lowest line of the staff, in letters above the C below all.
    """
    signs: list[Sign] = []
    start, triplet = 0, 0
    altered: dict[int, str] = {}
    for place, (pitch, ticks) in enumerate(bar):
        triplet = triplet - 1 if triplet else triplet_at(bar, place)
        head, flags, dots = _shape(ticks * 3 // 2 if triplet else ticks)
        if pitch is None:
            signs.append(Sign(None, "", f"rest{_below(ticks)}", flags, dots, start, bool(triplet)))
        else:
            letter, accidental = STEPS[pitch % 12]
            step = 7 * (pitch // 12) + letter - lowest
            shown = (accidental or "natural") if altered.get(step, "") != accidental else ""
            altered[step] = accidental
            signs.append(Sign(step, shown, head, flags, dots, start, bool(triplet)))
        start += ticks
    return signs


def _shape(ticks: int) -> tuple[str, int, int]:
    """Return head, flags and dots of a length; of what no single note has, those of the one below it."""
    for base, head, flags in ((48, "whole", 0), (24, "half", 0), (12, "black", 0), (6, "black", 1), (3, "black", 2)):
        if ticks >= base:
            return head, flags, 1 if 2 * ticks >= 3 * base else 0
    return "black", 2, 0


def _below(ticks: int) -> int:
    return next((base for base in (48, 24, 12, 6) if ticks >= base), 3)


def _groups(signs: Sequence[Sign], beat: int) -> list[list[Sign]]:
    """Return the signs that stand under one beam together, others alone."""
    groups: list[list[Sign]] = []
    for sign in signs:
        before = groups[-1][-1] if groups else None
        beamed = (
            before is not None and sign.flags and before.flags and sign.step is not None and before.step is not None
        )
        if before is not None and beamed and sign.start // beat == before.start // beat:
            groups[-1].append(sign)
        else:
            groups.append([sign])
    return groups


def _y(step: float, top: float) -> float:
    return top + 4 - step / 2


def _rest(sign: Sign, ink: Ink, top: float) -> None:
    ink.glyph(sign.head, sign.x, top + (1 if sign.head == "rest48" else 2))
    if sign.dots:
        ink.dot(sign.x + 1.6, top + 1.5)


def _head(sign: Sign, ink: Ink, top: float) -> None:
    assert sign.step is not None
    y = _y(sign.step, top)
    if sign.accidental:
        ink.glyph(sign.accidental, sign.x - 1.15, y)
    ledgers = [*range(BOTTOM - 2, sign.step - 1, -2), *range(TOP + 2, sign.step + 1, 2)]
    for step in ledgers:
        ink.line(sign.x - 0.4, _y(step, top), sign.x + HEAD + 0.4, _y(step, top), 0.16)
    ink.glyph(sign.head, sign.x, y)
    if sign.dots:
        ink.dot(sign.x + HEAD + 0.5, y - (0.5 if sign.step % 2 == 0 else 0))


def _stems(group: Sequence[Sign], ink: Ink, top: float) -> None:
    """Draw the stems of notes, with flags where there is one, else with beams."""
    steps = [sign.step for sign in group if sign.step is not None]
    up = max(steps, key=lambda step: abs(step - MIDDLE)) < MIDDLE
    side, way = (HEAD - 0.06, -1) if up else (0.06, 1)
    ys = [_y(step, top) for step in steps]
    xs = [sign.x + side for sign in group]
    if group[0].head == "whole":
        return
    if len(group) == 1:
        end = ys[0] + way * STEM
        end = min(end, top + 2) if up else max(end, top + 2)
        ink.line(xs[0], ys[0], xs[0], end, 0.12)
        if group[0].flags:
            ink.glyph(f"flag{group[0].flags}{'up' if up else 'down'}", xs[0] - 0.06, end)
        return

    # One beam for all, as steep as the notes lead but for a limit, far enough from each.
    slope = (ys[-1] - ys[0]) / max(1.0, xs[-1] - xs[0]) / 2
    slope = max(-FLAT_BEAM, min(FLAT_BEAM, slope))
    reach = [y + way * STEM - slope * (x - xs[0]) for x, y in zip(xs, ys, strict=True)]
    base = min(reach) if up else max(reach)
    ends = [base + slope * (x - xs[0]) for x in xs]
    for x, y, end in zip(xs, ys, ends, strict=True):
        ink.line(x, y, x, end, 0.12)
    thick = -way * BEAM
    _beam(ink, xs[0], xs[-1], ends[0], ends[-1], thick)
    for first, last in _second_beams(group, xs):
        begin, end = (base + slope * (x - xs[0]) + 1.5 * thick for x in (first, last))
        _beam(ink, first, last, begin, end, thick)
    for place in range(0, len(group) - 2):
        if all(sign.triplet for sign in group[place : place + 3]) and _first_of_three(group, place):
            ink.glyph("triplet", xs[place + 1] - 0.45, ends[place + 1] + (-0.5 if up else 1.7))


def _beam(ink: Ink, x0: float, x1: float, y0: float, y1: float, thick: float) -> None:
    x0, x1 = x0 - 0.06, x1 + 0.06
    ink.polygon((x0, y0), (x1, y1), (x1, y1 + thick), (x0, y0 + thick))


def _second_beams(group: Sequence[Sign], xs: Sequence[float]) -> list[tuple[float, float]]:
    """Return where second beams begin and end: from sixteenth to sixteenth, or a stub at a single one."""
    beams = []
    for place, sign in enumerate(group):
        if sign.flags < 2:
            continue
        if place + 1 < len(group) and group[place + 1].flags >= 2:
            beams.append((xs[place], xs[place + 1]))
        elif not place or group[place - 1].flags < 2:
            beams.append((xs[place], xs[place] + 1) if not place else (xs[place] - 1, xs[place]))
    return beams


def _first_of_three(group: Sequence[Sign], place: int) -> bool:
    before = 0
    for sign in reversed(group[:place]):
        if not sign.triplet:
            break
        before += 1
    return before % 3 == 0
