"""Scores as SVG that needs no font."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import TypeVar

from .notation import Ink
from .piece import Piece
from .score import WIDTH, engrave
from .tune import Tune

MARGIN = 2.0
"""Staff spaces beside a score."""
GLYPHS = Path(__file__).parent / "data" / "score-glyphs.json"
UNITS = 250
"""Units of a glyph's outline in a staff space."""
_TOLD = re.compile(r'<g transform="[^"]*" data-tune="([^"]*)">')
M = TypeVar("M", Tune, Piece)


@dataclass
class SvgInk:
    """Collects what is drawn as elements of SVG."""

    parts: list[str] = field(default_factory=list)
    glyphs: set[str] = field(default_factory=set)
    lines: dict[str, list[str]] = field(default_factory=dict)
    """Where lines of each thickness go."""

    def glyph(self, name: str, x: float, y: float) -> None:
        """Draw a glyph with its origin at a point."""
        self.glyphs.add(name)
        self.parts.append(f'<use href="#{name}" x="{_short(x)}" y="{_short(y)}"/>')

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float) -> None:
        """Draw a line."""
        self.lines.setdefault(_short(thick), []).append(f"M{_short(x0)} {_short(y0)}L{_short(x1)} {_short(y1)}")

    def polygon(self, *points: tuple[float, float]) -> None:
        """Draw a filled polygon."""
        self.parts.append(f'<path d="M{"L".join(f"{_short(x)} {_short(y)}" for x, y in points)}Z"/>')

    def dot(self, x: float, y: float) -> None:
        """Draw a dot."""
        self.parts.append(f'<circle cx="{_short(x)}" cy="{_short(y)}" r="0.2"/>')

    def end_score(self) -> None:
        """Draw the lines so far, those of one thickness as one path, which is a third as long as one for each."""
        for thick, ends in self.lines.items():
            self.parts.append(f'<path d="{"".join(ends)}" stroke="currentColor" stroke-width="{thick}"/>')
        self.lines.clear()


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
    ink.end_score()
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
        ink.end_score()
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
