"""Reads Standard MIDI Files, which may come from anybody, into the notes of their tracks."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, field

from .tune import Metre

MAX_BYTES = 2**18
"""Bytes of a file; a piece for a band takes 100,000, and more than this takes longer to read than it is worth."""
DRUMS = 9
"""The channel, counted from 0, whose notes are drums."""


@dataclass(frozen=True, order=True)
class PlayedNote:
    """A note as it is played.

    Attributes:
        start: in ticks of the file.
        pitch: of MIDI.
        end: in ticks of the file, after the start.
    """

    start: int
    pitch: int
    end: int


@dataclass(frozen=True)
class Track:
    """A track, or of a file with a single one, what is in one channel of it.

    Attributes:
        name: as the file calls it, or its number.
        notes: in order of their starts.
        drums: whether these are drums.
    """

    name: str
    notes: tuple[PlayedNote, ...]
    drums: bool


@dataclass(frozen=True)
class Performance:
    """What a file holds.

    Attributes:
        quarter: ticks of a quarter note.
        metre: the first that the file tells; None for none.
        changes: whether it tells another later.
        fifths: sharps of the first key signature, less than nothing for flats; None where there is none.
        tracks: those with notes.
    """

    quarter: int
    metre: Metre | None
    changes: bool
    fifths: int | None
    tracks: tuple[Track, ...]


@dataclass
class _Part:
    name: str = ""
    notes: list[PlayedNote] = field(default_factory=list)
    sounding: dict[int, int] = field(default_factory=dict)


def read_performance(content: bytes) -> Performance:
    """Read a file's content.

    Raises:
        ValueError: why it cannot be used, in words that follow its name.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES >> 10} KB, so it is no single tune")
    file = _parsed(content)
    if not 1 <= file.ticks_per_beat < 0x8000:
        raise ValueError("counts time in frames or not at all, so that it has no bars")

    metres, fifths, tracks = list[Metre](), list[int](), list[Track]()
    for number, messages in enumerate(file.tracks, start=1):
        now, parts, name = 0, defaultdict[int, _Part](_Part), ""
        for message in messages:
            now += message.time
            if message.type == "time_signature":
                metres.append(Metre.parse(f"{message.numerator}/{message.denominator}"))
            elif message.type == "key_signature":
                fifths.append(FIFTHS.get(message.key, 0))
            elif message.type == "track_name":
                name = " ".join(message.name.split())[:60]
            elif message.type in ("note_on", "note_off"):
                _sound(parts[message.channel], message.note, message.type == "note_on" and message.velocity > 0, now)
        tracks += _tracks(parts, name or f"track {number}", now, single=len(file.tracks) == 1)

    found = tuple(track for track in tracks if track.notes)
    metre = metres[0] if metres else None
    return Performance(file.ticks_per_beat, metre, len(set(metres)) > 1, fifths[0] if fifths else None, found)


MAJOR = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")
FIFTHS = {key: place - 7 for keys in (MAJOR, MINOR) for place, key in enumerate(keys)}
"""The sharps of each key as mido names it, less than nothing for flats."""


def _parsed(content: bytes):  # type: ignore[no-untyped-def]  # mido tells no types
    import mido

    try:
        return mido.MidiFile(file=io.BytesIO(content), clip=True)
    except Exception as error:  # OSError, EOFError, ValueError, KeySignatureError and whatever else damage brings about
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise ValueError(f"is no MIDI file that can be read ({reason})") from None


def _sound(part: _Part, pitch: int, begins: bool, now: int) -> None:
    """Take the beginning or the end of a note; one that begins again ends first."""
    start = part.sounding.pop(pitch, None)
    if start is not None and now > start:
        part.notes.append(PlayedNote(start, pitch, now))
    if begins:
        part.sounding[pitch] = now


def _tracks(parts: dict[int, _Part], name: str, end: int, *, single: bool) -> list[Track]:
    """Return the tracks that a track of the file is: its drums apart, and each channel where it is the single one."""
    for part in parts.values():  # notes that never end do so with their track
        part.notes += [PlayedNote(start, pitch, end) for pitch, start in part.sounding.items() if end > start]
    groups = defaultdict[str, list[PlayedNote]](list)
    for channel, part in parts.items():
        own = f"{name}, channel {channel + 1}" if (single and len(parts) > 1) or channel == DRUMS else name
        groups[own] += part.notes
    drums = f"{name}, channel {DRUMS + 1}"
    return [Track(own, tuple(sorted(notes)), own == drums) for own, notes in groups.items()]
