"""Writes tunes in ABC notation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .piece import Piece
from .tune import Bar, Tune, final

EIGHTH = 6
MODES = ("C", "Ddor", "Ephr", "Flyd", "Gmix", "Am", "Bloc")
"""The keys without accidentals, by the white key on which a tune ends."""
NAMES = ("C", "^C", "D", "_E", "E", "F", "^F", "G", "_A", "A", "_B", "B")
BARS_OF_LINE = 4
MIDDLE_C = 60


def to_abc(tune: Tune, *, number: int = 1, comment: str = "") -> str:
    """Return a tune as a person would write it: in two parts that are repeated, four bars a line.

    Args:
        tune: the tune.
        number: of the tune in its book.
        comment: a line that says more; empty for none.
    """
    head = [f"X:{number}", f"T:{tune.title or 'untitled'}", *([f"N:{comment}"] if comment else [])]
    head += [f"M:{tune.metre}", "L:1/8", f"K:{MODES[final(tune.events)]}"]
    return "\n".join([*head, *_lines(tune)]) + "\n"


def to_words(tune: Tune) -> str:
    """Return a tune's bars, for a terminal."""
    return "\n".join([f"{tune.metre}", *_lines(tune)])


def piece_to_abc(piece: Piece, *, comment: str = "") -> str:
    """Return a piece as a person would write it: a line of each voice for four bars, braced together.

    Args:
        piece: the piece.
        comment: a line that says more; empty for none.
    """
    names = [str(place) for place in range(1, len(piece.parts) + 1)]
    head = ["X:1", f"T:{piece.title or 'untitled'}", *([f"N:{comment}"] if comment else [])]
    head += [f"M:{piece.metre}", "L:1/8", f"%%score [{' '.join(names)}]"]
    head += [f"V:{name} clef={clef_of(part)}" for name, part in zip(names, piece.parts, strict=True)]
    return "\n".join([*head, f"K:{MODES[final(piece.parts[-1].events)]}", *_lines_of_voices(piece)]) + "\n"


def piece_to_words(piece: Piece) -> str:
    """Return a piece's bars, a line for each voice, for a terminal."""
    return "\n".join([f"{piece.metre}", *_lines_of_voices(piece)])


def clef_of(part: Tune) -> str:
    """Return the clef, treble or bass, of which most notes of a part lie nearer to the staff."""
    pitches = sorted(pitch for pitch, _ in part.events if pitch is not None) or [MIDDLE_C]
    return "treble" if pitches[len(pitches) // 2] >= MIDDLE_C else "bass"


def _lines_of_voices(piece: Piece) -> list[str]:
    count, lines = len(piece.parts[0].bars), []
    for start in range(0, count, BARS_OF_LINE):
        for number, part in enumerate(piece.parts, start=1):
            bars = " | ".join(bar_to_abc(bar, piece.metre.beat) for bar in part.bars[start : start + BARS_OF_LINE])
            lines.append(f"[V:{number}] {bars} {'|]' if start + BARS_OF_LINE >= count else '|'}")
    return lines


def _lines(tune: Tune) -> list[str]:
    bars, beat = [bar_to_abc(bar, tune.metre.beat) for bar in tune.bars], tune.metre.beat
    half = len(bars) // 2 if len(bars) % 2 == 0 and beat else len(bars)
    lines = []
    for part in filter(None, (bars[:half], bars[half:])):
        for start in range(0, len(part), BARS_OF_LINE):
            line = " | ".join(part[start : start + BARS_OF_LINE])
            last = start + BARS_OF_LINE >= len(part)
            lines.append(f"{'|: ' if not start else ''}{line} {':|' if last else '|'}")
    return lines


def bar_to_abc(bar: Bar, beat: int) -> str:
    """Return a bar, its notes together under beams.

    Args:
        bar: the events.
        beat: ticks under a beam.
    """
    written, now, place = "", 0, 0
    altered: dict[str, str] = {}
    while place < len(bar):
        written += " " if now and now % beat == 0 else ""
        triplet = triplet_at(bar, place)
        written += f"({triplet}" if triplet else ""
        for pitch, ticks in bar[place : place + (triplet or 1)]:
            own = ticks * Fraction(3, 2) if triplet else Fraction(ticks)
            written += _pitch(pitch, altered) + _length(own / EIGHTH)
            now += ticks
        place += triplet or 1
    return written


def triplet_at(bar: Sequence[tuple[int | None, int]], place: int) -> int:
    """Return 3 where three equal notes of a triplet begin, else 0."""
    three = [ticks for _, ticks in bar[place : place + 3]]
    return 3 if len(three) == 3 and len(set(three)) == 1 and three[0] % 3 and three[0] % 2 == 0 else 0


def _pitch(pitch: int | None, altered: dict[str, str]) -> str:
    """Return a pitch, with an accidental where the bar so far tells another, in any octave.

    Some hold that an accidental is for all octaves, as the standard does, and some that it is for one; both read this.
    """
    if pitch is None:
        return "z"
    name, octave = NAMES[pitch % 12], pitch // 12 - 1
    letter = name[-1].lower() + "'" * (octave - 5) if octave >= 5 else name[-1] + "," * (4 - octave)
    accidental = name[:-1]
    places = (letter, f"any {name[-1]}")
    before = {altered.get(place, "") for place in places}
    altered.update(dict.fromkeys(places, accidental))
    return letter if before == {accidental} else (accidental or "=") + letter


def _length(eighths: Fraction) -> str:
    over = "" if eighths.numerator == 1 else str(eighths.numerator)
    if eighths.denominator == 1:
        return over
    return f"{over}/" + ("" if eighths.denominator == 2 else str(eighths.denominator))
