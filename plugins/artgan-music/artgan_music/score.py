"""Engraves tunes on one staff, on whatever takes ink. Lengths are in staff spaces."""

from __future__ import annotations

import math

from .notation import ACCIDENTAL, Ink, draw_signs, signs_of, weight_of
from .tune import Bar, Metre, Tune

WIDTH = 80.0
SYSTEM = 11.0
"""From one staff to the next."""
ABOVE = 4.0
CLEF_ROOM, METRE_ROOM = 3.6, 2.4
BARS_OF_LINE = 4


def engrave(tune: Tune, ink: Ink) -> float:
    """Draw a tune, four bars a line, from the origin to the right and down, and return its height."""
    bars, top = tune.bars or ((),), ABOVE
    half = len(bars) // 2 if len(bars) % 2 == 0 else len(bars)
    for row in range(0, len(bars), BARS_OF_LINE):
        x = begin_staff(ink, top, metre=tune.metre if row == 0 else None)
        shown = bars[row : row + BARS_OF_LINE]
        unit = (WIDTH - x) / max(1.0, sum(map(_room, shown)))
        for number, bar in enumerate(shown, start=row):
            width = _room(bar) * unit
            first, last = number % half == 0, number % half == half - 1
            _bar(bar, tune.metre.beat, ink, x, width, top, after_repeat=first)
            _bar_line(ink, x + width, top, ends=last)
            if first:
                ink.line(x, top, x, top + 4, 0.16)
                _repeat_dots(ink, x + 0.6, top)
            x += width
        top += SYSTEM
    return _height_of(tune)


def _height_of(tune: Tune) -> float:
    """Return how high a tune is, as `engrave` draws it."""
    return ABOVE + (math.ceil(max(1, len(tune.bars)) / BARS_OF_LINE) - 1) * SYSTEM + ABOVE + 4


def begin_staff(ink: Ink, top: float, *, metre: Metre | None, clef: str = "clef") -> float:
    """Draw a staff, its clef, which may be that of the bass, and a metre; return where what it holds begins."""
    for line in range(5):
        ink.line(0, top + line, WIDTH, top + line, 0.12)
    ink.glyph(clef, 0.5, top + (3 if clef == "clef" else 1))
    if metre is not None:
        _metre(metre, ink, CLEF_ROOM, top)
    return CLEF_ROOM + (METRE_ROOM if metre is not None else 0)


def _metre(metre: Metre, ink: Ink, x: float, top: float) -> None:
    for number, y in ((metre.beats, top + 1), (metre.unit, top + 3)):
        digits = str(number)
        for place, digit in enumerate(digits):
            ink.glyph(f"digit{digit}", x + (place - (len(digits) - 1) / 2) * 1.7, y)


def _bar_line(ink: Ink, x: float, top: float, *, ends: bool) -> None:
    if not ends:
        ink.line(x, top, x, top + 4, 0.16)
        return
    _repeat_dots(ink, x - 1.4, top)
    ink.line(x - 0.8, top, x - 0.8, top + 4, 0.16)
    ink.line(x - 0.25, top, x - 0.25, top + 4, 0.5)


def _repeat_dots(ink: Ink, x: float, top: float) -> None:
    ink.dot(x, top + 1.5)
    ink.dot(x, top + 2.5)


def _room(bar: Bar) -> float:
    accidentals = sum(bool(sign.accidental) for sign in signs_of(bar))
    return 1.6 + ACCIDENTAL * accidentals + sum(weight_of(ticks) for _, ticks in bar)


def _bar(bar: Bar, beat: int, ink: Ink, x: float, width: float, top: float, *, after_repeat: bool) -> None:
    """Draw what is in a bar."""
    unit = width / _room(bar)
    at, signs = x + 1.1 * unit + (0.4 if after_repeat else 0), signs_of(bar)
    unit *= (width - 1.8 * unit) / (width - 1.2 * unit) if signs else 1
    for sign, (_, ticks) in zip(signs, bar, strict=True):
        at += ACCIDENTAL * unit if sign.accidental else 0
        sign.x = at
        at += weight_of(ticks) * unit
    draw_signs(signs, beat, ink, top)
