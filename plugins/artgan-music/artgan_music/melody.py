"""Finds the melody of a performance, puts it on the grid of bars, and judges its metre and its key."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median

from .form import in_white_keys, white_shift
from .midi_reader import Performance, PlayedNote, Track
from .tune import WHITE, WHOLE, Bar, Event, Metre, Tune

FEWEST_NOTES = 16
MAX_BARS = 4096
QUARTER = WHOLE // 4
REST = QUARTER // 2
"""Ticks of silence from which on a rest is written; shorter ones belong to the note before."""
USUAL = (Metre(4, 4), Metre(3, 4), Metre(6, 8), Metre(2, 4))
"""The metres among which is judged where a file tells none."""
FREE = 0.4
"""From so many ticks on that notes begin off the grid in the mean, rhythm is free; by chance it would be 0.58."""
STRAIGHT, TRIPLETS = 3, 4
"""Ticks of a sixteenth, and of an eighth of a triplet."""


def tunes_of(performance: Performance, title: str, bars: int, track: str = "") -> list[Tune]:
    """Return the tunes of so many bars that a performance gives, one after another.

    Args:
        performance: what a file holds.
        title: of the tunes.
        bars: of a tune; one of half as many is played twice.
        track: the name or number of the melody's track; empty for the highest line.

    Raises:
        ValueError: why it gives none, in words that follow its name.
    """
    if performance.changes:
        raise ValueError("changes its metre")
    melody = _melody(performance, track)
    notes = quantised(melody.notes, performance.quarter)
    metre = performance.metre or judged_metre(notes)
    if metre == Metre(2, 4) and median(note.end - note.start for note in notes) <= STRAIGHT:
        metre, notes = Metre(4, 4), [PlayedNote(2 * note.start, note.pitch, 2 * note.end) for note in notes]
    cut = _bars(notes, metre)
    if len(cut) == bars // 2:
        cut = cut + cut
    if len(cut) < bars:
        raise ValueError(f"has {len(cut)} bars of {metre}, and {bars} are needed")

    shift = key_shift(notes, performance.fifths)
    whole = [cut[start : start + bars] for start in range(0, len(cut) - bars + 1, bars)]
    return [Tune(title, metre, in_white_keys(part, shift)) for part in whole if _is_played(part)]


def _melody(performance: Performance, wanted: str) -> Track:
    """Return the track of the melody: the one that is asked for, or the one whose middle pitch is highest."""
    tracks = [track for track in performance.tracks if not track.drums]
    if not tracks:
        raise ValueError("has drums alone" if performance.tracks else "has no notes")
    if wanted:
        for number, track in enumerate(tracks, start=1):
            if wanted in (str(number), track.name):
                return track
        raise ValueError(f"has no track {wanted!r}")
    long = [track for track in tracks if len(track.notes) >= FEWEST_NOTES]
    if not long:
        raise ValueError(f"has no melody: no track has {FEWEST_NOTES} notes")
    return max(long, key=lambda track: (median(note.pitch for note in track.notes), track.name))


def quantised(notes: Sequence[PlayedNote], quarter: int) -> list[PlayedNote]:
    """Return the highest of the notes that begin together, on the grid, each until the next begins or it ends.

    Raises:
        ValueError: if they keep to no grid.
    """
    scale = QUARTER / quarter
    starts = [note.start * scale for note in notes]
    step = min((STRAIGHT, TRIPLETS), key=lambda step: sum(_off(start, step) for start in starts))
    both = [min(_off(start, STRAIGHT), _off(start, TRIPLETS)) for start in starts]
    if mean(both) > FREE:
        raise ValueError("has a free rhythm, which keeps to no grid of sixteenths and triplets")

    highest: dict[int, PlayedNote] = {}
    for note, start in zip(notes, starts, strict=True):
        own = step if _off(start, step) <= 0.5 else min((STRAIGHT, TRIPLETS), key=lambda step: _off(start, step))
        place = round(start / own) * own
        end = max(place + 1, round(note.end * scale))
        if place not in highest or note.pitch > highest[place].pitch:
            highest[place] = PlayedNote(place, note.pitch, end)
    line = [highest[place] for place in sorted(highest)]
    following = [note.start for note in line[1:]] + [line[-1].end]
    return [
        PlayedNote(note.start, note.pitch, after if after - note.end < REST else note.end)
        if note.end < after
        else PlayedNote(note.start, note.pitch, after)
        for note, after in zip(line, following, strict=True)
    ]


def _off(start: float, step: int) -> float:
    return abs(start - round(start / step) * step)


def judged_metre(notes: Sequence[PlayedNote]) -> Metre:
    """Return the usual metre whose bars begin with the longest notes, against what as many random places would have."""

    def weight(metre: Metre) -> float:
        first = notes[0].start
        on = sum(note.end - note.start for note in notes if (note.start - first) % metre.ticks == 0)
        return on * metre.ticks

    return max(USUAL, key=weight)


def _bars(notes: Sequence[PlayedNote], metre: Metre) -> list[Bar]:
    """Return the full bars from the first bar line on; the upbeat stands at the end of the last bar, where it fits."""
    start = first_bar_line(notes, metre)
    kept, upbeat = [note for note in notes if note.start >= start], [note for note in notes if note.start < start]
    if not kept:
        raise ValueError("has no full bar")
    count = -(-(kept[-1].end - start) // metre.ticks)
    if count > MAX_BARS:
        raise ValueError(f"is longer than {MAX_BARS:,} bars")

    end = start + count * metre.ticks
    length = start - upbeat[0].start if upbeat else 0
    if upbeat and kept[-1].end <= end - length:
        moved = [
            PlayedNote(note.start + end - start, note.pitch, min(note.end, start) + end - start) for note in upbeat
        ]
        kept = [*kept[:-1], PlayedNote(kept[-1].start, kept[-1].pitch, min(kept[-1].end, end - length)), *moved]
    elif kept[-1].end < end:
        kept = [*kept[:-1], PlayedNote(kept[-1].start, kept[-1].pitch, end)]
    return cut_in_bars(kept, start, end, metre)


def first_bar_line(notes: Sequence[PlayedNote], metre: Metre) -> int:
    """Return the tick of the first bar line, after an upbeat; a first bar that is more than that begins with a rest."""
    begin = min(range(0, metre.ticks, 3), key=lambda place: (_crossings(notes, metre, place), place))
    first = notes[0].start
    start = first + (begin - first) % metre.ticks
    upbeat = (first - begin) % metre.ticks > metre.ticks // 2
    return start if upbeat or start == first else start - metre.ticks


def _crossings(notes: Sequence[PlayedNote], metre: Metre, begin: int) -> float:
    """Return how badly bar lines at a place stand: notes that sound across them, and few that begin at them."""
    across = sum((note.start - begin) // metre.ticks != (note.end - 1 - begin) // metre.ticks for note in notes)
    at = sum(note.end - note.start for note in notes if (note.start - begin) % metre.ticks == 0)
    return across - at / metre.ticks / 4


def cut_in_bars(notes: Sequence[PlayedNote], start: int, end: int, metre: Metre) -> list[Bar]:
    """Return events from one tick to another in bars; what sounds across a bar line begins again there."""
    bars: list[list[Event]] = [[] for _ in range((end - start) // metre.ticks)]
    now = start
    spans: list[tuple[int | None, int]] = []
    for note in notes:
        if note.start > now:
            spans.append((None, note.start - now))
        spans.append((note.pitch, note.end - note.start))
        now = note.end
    if end > now:
        spans.append((None, end - now))

    now = 0
    for pitch, ticks in spans:
        while ticks:
            room = min(ticks, metre.ticks - now % metre.ticks)
            bars[now // metre.ticks].append((pitch, room))
            now, ticks = now + room, ticks - room
    return [tuple(bar) for bar in bars]


def _is_played(bars: Sequence[Bar]) -> bool:
    """Return whether most bars of a tune have notes."""
    return sum(any(pitch is not None for pitch, _ in bar) for bar in bars) > 0.75 * len(bars)


def key_shift(notes: Sequence[PlayedNote], fifths: int | None) -> int:
    """Return the semitones that bring most of the time onto white keys: those of the key signature, unless it lies."""
    weights = [0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.end - note.start

    def share(shift: int) -> float:
        return sum(weights[(white - shift) % 12] for white in WHITE) / sum(weights)

    best = min(range(-5, 7), key=lambda shift: (-share(shift), abs(shift), shift))
    told = white_shift(fifths) if fifths is not None else best
    return told if share(told) >= share(best) - 0.02 else best
