"""From what is written or played in several voices to pieces of one form: full bars on steps, in white keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from .abc_reader import WrittenTune
from .form import parts_of
from .melody import MAX_BARS, first_bar_line, judged_metre, key_shift, quantised
from .midi_reader import Performance, PlayedNote
from .piece import Piece
from .tune import WHOLE, Bar, Event, Metre

SHORT = 0.2
"""Share of a piece's notes that may begin between two steps, and are passed over."""
CHORDS = 0.05
"""Share of a voice's notes that may sound with another of its own, which is passed over where it is lower."""


@dataclass(frozen=True)
class Form:
    """What pieces are to be like.

    Attributes:
        voices: how many each has.
        bars: of a piece.
        step: ticks from one place at which notes may begin to the next.
    """

    voices: int
    bars: int
    step: int


@dataclass(frozen=True)
class Voices:
    """What sounds together, from one bar line on.

    Attributes:
        title: of the whole.
        metre: of all bars.
        fifths: sharps of the key signature, less than nothing for flats; None where there is none.
        start: the tick of the first bar line, of which 48 are a whole note, as are those of the notes.
        lines: the notes of each voice, in order.
    """

    title: str
    metre: Metre
    fifths: int | None
    start: int
    lines: tuple[tuple[PlayedNote, ...], ...]


def played_voices(performance: Performance, title: str, count: int) -> Voices:
    """Return the voices of a performance, which are its tracks.

    Raises:
        ValueError: why there are none, in words that follow its name.
    """
    if performance.changes:
        raise ValueError("changes its metre")
    tracks = [track for track in performance.tracks if not track.drums]
    if len(tracks) != count:
        raise ValueError(f"has {len(tracks)} tracks with notes, not {count}")
    for track in tracks:
        together = len(track.notes) - len({note.start for note in track.notes})
        if together > CHORDS * len(track.notes):
            raise ValueError(f"has chords in {track.name!r}, which is no voice")

    lines = tuple(tuple(quantised(track.notes, performance.quarter)) for track in tracks)
    everything = sorted(note for line in lines for note in line)
    metre = performance.metre or judged_metre(everything)
    return Voices(title, metre, performance.fifths, first_bar_line(everything, metre), lines)


def written_voices(written: Sequence[WrittenTune]) -> Voices:
    """Return the voices of a piece in ABC, each part once and with its first ending.

    Raises:
        ValueError: why there are none, in words that follow its name.
    """
    first = written[0]
    whole = first.metre.ticks
    lines, starts = list[tuple[PlayedNote, ...]](), set[int]()
    for voice in written:
        bars = [bar for part in parts_of(voice.bars) for bar in part]
        lengths = [_ticks(bar.length) for bar in bars]
        upbeat = lengths[0] if lengths[0] < whole else 0
        if any(length > whole or (length == whole and now % whole) for length, now in _starts(lengths, -upbeat)):
            raise ValueError("has bars that are not full")
        starts.add(upbeat)
        notes, now, tied = list[PlayedNote](), 0, False
        for note in (note for bar in bars for note in bar.notes):
            end = now + _ticks(note.length)
            if tied and notes and notes[-1].pitch == note.pitch:
                notes[-1] = PlayedNote(notes[-1].start, notes[-1].pitch, end)
            elif note.pitch is not None:
                notes.append(PlayedNote(now, note.pitch, end))
            now, tied = end, note.tied
        lines.append(tuple(notes))
    if len(starts) > 1:
        raise ValueError("has voices with other upbeats than others")
    return Voices(first.title, first.metre, first.fifths, starts.pop(), tuple(lines))


def pieces_of(voices: Voices, form: Form) -> list[Piece]:
    """Return the pieces that voices give: one from every half of so many bars on, and the last bars.

    Raises:
        ValueError: why they give none, in words that follow their name.
    """
    ticks = voices.metre.ticks
    if ticks % form.step:
        raise ValueError(f"is in {voices.metre}, whose bars are cut into no whole number of steps")
    _check_steps(voices, form.step)
    end = max(note.end for line in voices.lines for note in line)
    count = -(-(end - voices.start) // ticks)
    if not form.bars <= count <= MAX_BARS:
        raise ValueError(f"has {count:,} bars of {voices.metre}, and {form.bars} are needed, or {MAX_BARS:,} at most")

    everything = sorted(note for line in voices.lines for note in line)
    shift = key_shift(everything, voices.fifths)
    highest_first = sorted(voices.lines, key=lambda line: -median(note.pitch for note in line))
    cut = [
        _bars(_held(line, end, voices.start + count * ticks), voices, form.step, count, shift) for line in highest_first
    ]
    starts = sorted({*range(0, count - form.bars + 1, max(1, form.bars // 2)), count - form.bars})
    return [
        Piece.of_bars(voices.title, voices.metre, tuple(bars[start : start + form.bars] for bars in cut))
        for start in starts
    ]


def _starts(lengths: Sequence[int], start: int) -> Iterator[tuple[int, int]]:
    """Yield each length, and where it begins."""
    for length in lengths:
        yield length, start
        start += length


def _ticks(length: Fraction) -> int:
    ticks = length * WHOLE
    if ticks.denominator != 1:
        raise ValueError(f"has notes of {length} of a whole, which are on no grid of {WHOLE}")
    return int(ticks)


def _check_steps(voices: Voices, step: int) -> None:
    """Refuse what has no notes in a voice, or too many between steps."""
    if not all(voices.lines):
        raise ValueError("has a voice without notes")
    starts = [note.start - voices.start for line in voices.lines for note in line]
    between = sum(start % step != 0 for start in starts)
    if between > SHORT * len(starts):
        raise ValueError(f"has {between} of {len(starts)} notes between the steps of its grid, which are {step} ticks")


def _held(line: Sequence[PlayedNote], end: int, bar_line: int) -> list[PlayedNote]:
    """Return the notes of a voice, the last of which is held to the bar line where it sounds to the end."""
    return [PlayedNote(note.start, note.pitch, bar_line if note.end == end else note.end) for note in line]


def _bars(line: Sequence[PlayedNote], voices: Voices, step: int, count: int, shift: int) -> tuple[Bar, ...]:
    """Return what a voice does at each step, in bars; a note that is over before the next step is passed over."""
    bars, place = list[Bar](), -1
    for bar in range(count):
        events, before = list[Event](), -2
        for now in range(voices.start + bar * voices.metre.ticks, voices.start + (bar + 1) * voices.metre.ticks, step):
            while place + 1 < len(line) and line[place + 1].start <= now:
                place += 1
            sounds = place if place >= 0 and line[place].end > now else -1
            if sounds == before:
                events[-1] = (events[-1][0], events[-1][1] + step)
            else:
                events.append((line[sounds].pitch + shift if sounds >= 0 else None, step))
            before = sounds
        bars.append(tuple(events))
    return tuple(bars)
