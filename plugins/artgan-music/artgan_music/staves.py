"""Engraves pieces: a staff for each voice, what sounds together one above the other. Lengths are in staff spaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .abc_writer import clef_of
from .notation import ACCIDENTAL, E4, Ink, Sign, draw_signs, signs_of, weight_of
from .piece import Piece
from .score import ABOVE, BARS_OF_LINE, WIDTH, begin_staff

STAFF, SYSTEM = 9.5, 4.0
"""From one staff to the next below it, and what is between systems beyond that."""
CLEFS = {"treble": ("clef", E4), "bass": ("bass", E4 - 12)}
"""The glyph of each clef, and its lowest line in letters above the C below all."""
BEFORE, AFTER = 1.4, 0.4
"""The room before the first note of a bar and behind the last, where an eighth takes 1."""


@dataclass(frozen=True)
class Columns:
    """Where what begins together stands in a bar.

    Attributes:
        starts: the ticks at which something begins, in order.
        rooms: that of each, where an eighth takes 1, with the accidentals before it.
        leads: that of the accidentals alone.
    """

    starts: tuple[int, ...]
    rooms: tuple[float, ...]
    leads: tuple[float, ...]

    @classmethod
    def of(cls, voices: Sequence[Sequence[Sign]], ticks: int) -> Columns:
        """Return the columns of a bar of so many ticks."""
        starts = sorted({sign.start for signs in voices for sign in signs})
        lengths = [after - start for start, after in zip(starts, [*starts[1:], ticks], strict=True)]
        altered = {sign.start for signs in voices for sign in signs if sign.accidental}
        leads = [ACCIDENTAL if start in altered else 0.0 for start in starts]
        rooms = [lead + weight_of(length) for lead, length in zip(leads, lengths, strict=True)]
        return cls(tuple(starts), tuple(rooms), tuple(leads))

    @property
    def room(self) -> float:
        """That of the whole bar."""
        return BEFORE + sum(self.rooms) + AFTER

    def places(self, x: float, unit: float) -> dict[int, float]:
        """Return where what begins at each tick stands, in a bar from ``x`` on with so much for a room of 1."""
        found, now = {}, x + BEFORE * unit
        for start, room, lead in zip(self.starts, self.rooms, self.leads, strict=True):
            found[start] = now + lead * unit
            now += room * unit
        return found


def engrave_piece(piece: Piece, ink: Ink) -> float:
    """Draw a piece, four bars a system, from the origin to the right and down, and return its height."""
    count, top = len(piece.parts[0].bars), ABOVE
    for first in range(0, count, BARS_OF_LINE):
        shown = range(first, min(count, first + BARS_OF_LINE))
        _system(piece, shown, ink, top, last=shown.stop == count)
        top += STAFF * len(piece.parts) + SYSTEM
    return top


def _system(piece: Piece, shown: range, ink: Ink, top: float, *, last: bool) -> None:
    """Draw some bars of all voices."""
    tops = [top + STAFF * place for place in range(len(piece.parts))]
    clefs = [CLEFS[clef_of(part)] for part in piece.parts]
    metre = piece.metre if shown.start == 0 else None
    x = max(begin_staff(ink, own, metre=metre, clef=glyph) for own, (glyph, _) in zip(tops, clefs, strict=True))
    bottom = tops[-1] + 4
    ink.line(0, top, 0, bottom, 0.2)

    bars = [
        [signs_of(part.bars[number], lowest) for part, (_, lowest) in zip(piece.parts, clefs, strict=True)]
        for number in shown
    ]
    columns = [Columns.of(voices, piece.metre.ticks) for voices in bars]
    unit = (WIDTH - x) / max(1.0, sum(column.room for column in columns))
    for voices, column in zip(bars, columns, strict=True):
        places = column.places(x, unit)
        for signs, own in zip(voices, tops, strict=True):
            for sign in signs:
                sign.x = places[sign.start]
            draw_signs(signs, piece.metre.beat, ink, own)
        x += column.room * unit
        ink.line(x, top, x, bottom, 0.16)
    if last:
        ink.line(WIDTH - 0.25, top, WIDTH - 0.25, bottom, 0.5)
        ink.line(WIDTH - 0.9, top, WIDTH - 0.9, bottom, 0.16)
