"""From what is written or played to tunes of one form: full bars on the grid, in white keys, in a fiddle's register."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from .abc_reader import WrittenBar, WrittenNote, WrittenTune
from .grid import MAX_BARS
from .tune import WHOLE, Bar, Event, Metre, Tune

LOWEST, HIGHEST = 60, 84
"""Between which the middle pitch of a tune lies; others are moved by octaves."""


def tunes_of(written: WrittenTune, bars: int) -> list[Tune]:
    """Return the tunes of so many bars that a written one gives: two parts after one another, each without repeats.

    Upbeats are moved to the end of the part that they lead back to, so that it can be played round and round. A part of
    a quarter of the bars is played twice, and one of all of them is two parts.

    Args:
        written: the tune.
        bars: of a tune, even.

    Raises:
        ValueError: why it gives none, in words that follow its name.
    """
    metre, double = _metre(written)
    parts, whole = parts_of(written.bars), Fraction(written.metre.beats, written.metre.unit)
    halves = _halves(parts, bars // 2, whole)
    pairs: list[list[list[WrittenNote]]] = []
    place = 0
    while place + 1 < len(halves):
        first, second = halves[place], halves[place + 1]
        if first and second:
            pairs.append(first + second)
        place += 2 if first and second else 1
    if not pairs:
        raise ValueError(f"has no two parts of {bars // 2} full bars{_other_form(parts, whole)}")

    found = [[_on_grid(bar, 2 if double else 1) for bar in pair] for pair in pairs]
    return [Tune(written.title, metre, in_white_keys(tune, white_shift(written.fifths))) for tune in found]


def white_shift(fifths: int) -> int:
    """Return the semitones by which a key signature is moved to that of the white keys, the shorter way."""
    shift = (-7 * fifths) % 12
    return shift if shift <= 6 else shift - 12


def in_white_keys(bars: Sequence[Bar], shift: int) -> tuple[Bar, ...]:
    """Return bars moved by semitones, and by octaves into the register of a fiddle.

    Raises:
        ValueError: if there is no note, or a pitch that no instrument has.
    """
    pitches = [pitch + shift for bar in bars for pitch, _ in bar if pitch is not None]
    if not pitches:
        raise ValueError("has no notes")
    middle = median(pitches)
    octaves = math.ceil((LOWEST - middle) / 12) if middle < LOWEST else -math.ceil(max(0, middle - HIGHEST) / 12)
    shift += 12 * octaves
    if min(pitches) + 12 * octaves < 0 or max(pitches) + 12 * octaves > 127:
        raise ValueError("has pitches that are out of range")
    return tuple(tuple((None if pitch is None else pitch + shift, ticks) for pitch, ticks in bar) for bar in bars)


def _metre(written: WrittenTune) -> tuple[Metre, bool]:
    """Return the metre that a tune is kept in, and whether notes are doubled: 2/4 in sixteenths is 4/4 in eighths."""
    metre = written.metre
    lengths = sorted(note.length for bar in written.bars for note in bar.notes)
    if metre == Metre(2, 4) and lengths[len(lengths) // 2] <= Fraction(1, 16):
        return Metre(4, 4), True
    return metre, False


def parts_of(bars: Sequence[WrittenBar]) -> list[list[WrittenBar]]:
    """Return the parts of a tune, each with its first ending alone."""
    parts, part = list[list[WrittenBar]](), list[WrittenBar]()
    later = False  # whether this is in a second or later ending
    for bar in bars:
        later = bar.ending > 1 or (later and not bar.begins_part)
        if bar.begins_part and part:
            parts.append(part)
            part = []
        if not later:
            part.append(bar)
    return parts + [part] * bool(part)


def _halves(parts: Sequence[Sequence[WrittenBar]], half: int, whole: Fraction) -> list[list[list[WrittenNote]] | None]:
    """Return the halves of tunes that the parts give; None for one of another length or with bars that are not full."""
    halves: list[list[list[WrittenNote]] | None] = []
    for bars in (_looped(part, whole) for part in parts):
        count = len(bars) if bars else 0
        if bars and count == half:
            halves.append(bars)
        elif bars and count == 2 * half:
            halves += [bars[:half], bars[half:]]
        elif bars and 2 * count == half:
            halves.append(bars + bars)
        else:
            halves.append(None)
    return halves


def _other_form(parts: Sequence[Sequence[WrittenBar]], whole: Fraction) -> str:
    """Return in words by which option parts of another length would be taken, where a tune has two of one."""
    lengths = Counter(len(bars) for part in parts if (bars := _looped(part, whole)))
    length, count = max(lengths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return f", but {count} of {length}, which bars={2 * length} takes" if count > 1 and 2 * length <= MAX_BARS else ""


def _looped(part: Sequence[WrittenBar], whole: Fraction) -> list[list[WrittenNote]] | None:
    """Return the bars of a part, all full: its upbeat completes the last one; None where they are not full."""
    bars = [list(bar.notes) for bar in part]
    upbeat = bars.pop(0) if _length(bars[0]) < whole else []
    joined: list[list[WrittenNote]] = []
    for bar in bars:  # a bar may be cut in two by a repeat or the end of a line
        if joined and _length(joined[-1]) < whole and _length(joined[-1]) + _length(bar) <= whole:
            joined[-1] = joined[-1] + bar
        else:
            joined.append(bar)
    if not joined:
        return None

    missing = whole - _length(joined[-1])
    if missing > 0 and _length(upbeat) == missing:
        joined[-1] = joined[-1] + upbeat
    elif missing > 0:
        last = joined[-1][-1]
        joined[-1] = [*joined[-1][:-1], WrittenNote(last.pitch, last.length + missing, last.tied)]
    return joined if all(_length(bar) == whole for bar in joined) else None


def _length(bar: Sequence[WrittenNote]) -> Fraction:
    return sum((note.length for note in bar), Fraction())


def _on_grid(bar: Sequence[WrittenNote], factor: int) -> Bar:
    """Return a bar's events, tied notes joined.

    Raises:
        ValueError: if a note begins between two ticks.
    """
    events: list[Event] = []
    tied = False
    for note in bar:
        ticks = note.length * WHOLE * factor
        if ticks.denominator != 1:
            raise ValueError(f"has notes of {note.length} of a whole, which are on no grid of {WHOLE}")
        if tied and events[-1][0] == note.pitch:
            events[-1] = (note.pitch, events[-1][1] + int(ticks))
        else:
            events.append((note.pitch, int(ticks)))
        tied = note.tied
    return tuple(events)
