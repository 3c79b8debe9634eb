"""Engraves tunes on one staff, on whatever takes ink, and as SVG that needs no font. Lengths are in staff spaces."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Protocol, TypeVar

from .abc_writer import triplet_at
from .piece import Piece
from .tune import Bar, Metre, Tune

WIDTH, MARGIN = 80.0, 2.0
SYSTEM = 11.0
"""From one staff to the next."""
ABOVE = 4.0
CLEF_ROOM, METRE_ROOM = 3.6, 2.4
BARS_OF_LINE = 4
GLYPHS = Path(__file__).parent / "data" / "score-glyphs.json"
UNITS = 250
"""Units of a glyph's outline in a staff space."""
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
_TOLD = re.compile(r'<g transform="[^"]*" data-tune="([^"]*)">')
TOP, MIDDLE, BOTTOM = 8, 4, 0
"""Steps above the lowest line."""
M = TypeVar("M", Tune, Piece)


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
class SvgInk:
    """Collects what is drawn as elements of SVG."""

    parts: list[str] = field(default_factory=list)
    glyphs: set[str] = field(default_factory=set)

    def glyph(self, name: str, x: float, y: float) -> None:
        """Draw a glyph with its origin at a point."""
        self.glyphs.add(name)
        self.parts.append(f'<use href="#{name}" x="{_short(x)}" y="{_short(y)}"/>')

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float) -> None:
        """Draw a line."""
        ends = f"M{_short(x0)} {_short(y0)}L{_short(x1)} {_short(y1)}"
        self.parts.append(f'<path d="{ends}" stroke="currentColor" stroke-width="{_short(thick)}"/>')

    def polygon(self, *points: tuple[float, float]) -> None:
        """Draw a filled polygon."""
        self.parts.append(f'<path d="M{"L".join(f"{_short(x)} {_short(y)}" for x, y in points)}Z"/>')

    def dot(self, x: float, y: float) -> None:
        """Draw a dot."""
        self.parts.append(f'<circle cx="{_short(x)}" cy="{_short(y)}" r="0.2"/>')


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


def score_of(tune: Tune, description: str) -> str:
    """Return a tune as a score, in SVG.

    Args:
        tune: the tune.
        description: in words, for those who cannot see it.
    """
    return drawn(tune, engrave, description)


def drawn(music: M, engraved: Callable[[M, Ink], float], description: str) -> str:
    """Return music as SVG.

    Args:
        music: a tune or a piece.
        engraved: draws it, and returns its height.
        description: in words, for those who cannot see it.
    """
    ink = SvgInk()
    height = engraved(music, ink)
    return _svg(ink, WIDTH + 2 * MARGIN, height, f'<g transform="translate({MARGIN} 0)">', "</g>", description)


def sheet_of(tunes: Sequence[M], engraved: Callable[[M, Ink], float], columns: int, description: str) -> str:
    """Return several tunes or pieces as one SVG, row by row; each tells its events too, so that it can be played."""
    ink, row_height, top = SvgInk(), 0.0, 0.0
    for number, tune in enumerate(tunes):
        column = number % columns
        if not column:
            top, row_height = top + row_height, 0.0
        left = MARGIN + column * (WIDTH + 2 * MARGIN)
        told = escape(tune.to_text()).replace("\n", "&#10;")
        ink.parts.append(f'<g transform="translate({_short(left)} {_short(top)})" data-tune="{told}">')
        row_height = max(row_height, engraved(tune, ink))
        ink.parts.append("</g>")
    width = min(columns, len(tunes)) * (WIDTH + 2 * MARGIN)
    return _svg(ink, width, top + row_height, "", "", description)


@cache
def outlines() -> dict[str, str]:
    """Return the outline of each glyph, as SVG tells paths."""
    return {name: glyph["path"] for name, glyph in json.loads(GLYPHS.read_text(encoding="utf-8")).items()}


def tunes_of_sheet(sheet: str) -> list[str]:
    """Return the tunes or pieces that a sheet tells, as their texts; none of what comes from elsewhere."""
    found = []
    for told in _TOLD.findall(sheet):
        try:
            found.append(Piece.of_text(unescape(told)).to_text())
        except ValueError:
            continue
    return found


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
    return height_of(tune)


def height_of(tune: Tune) -> float:
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


def weight_of(ticks: int) -> float:
    """Return the room of a note, where an eighth takes 1."""
    return max(1.0, math.pow(ticks / 6, 0.6))


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


def _svg(ink: SvgInk, width: float, height: float, begin: str, end: str, description: str) -> str:
    defined = "".join(
        f'<path id="{name}" transform="scale({1 / UNITS})" d="{outlines()[name]}"/>' for name in sorted(ink.glyphs)
    )
    size = f'viewBox="0 0 {_short(width)} {_short(height)}" width="{round(width * 8)}" height="{round(height * 8)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" color="#111" fill="currentColor">'
    background = f'<rect width="{_short(width)}" height="{_short(height)}" fill="#fff"/>'
    before = f"{head}<title>{escape(description)}</title><defs>{defined}</defs>{background}{begin}"
    return f"{before}{''.join(ink.parts)}{end}</svg>\n"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
