"""A work as a Standard MIDI File with its record inside."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan import ArtganError, one_line, parse_json, replacing

from .piece import Piece
from .tune import WHOLE, Bar, Tune

QUARTER = 480
"""Ticks of a quarter note in the file."""
FACTOR = QUARTER * 4 // WHOLE
VELOCITY, FIDDLE, CHOIR = 80, 40, 52
"""How hard notes are struck, and the instruments of General MIDI, counted from 0."""
MAKER = (0x7D, *b"artgan")
"""What sequencer-specific messages of artgan's begin with; 0x7D is the number for anybody's use."""
MAX_BYTES = 2**22
MEDLEY_BARS = 4
"""Bars of each tune in a medley."""


def write_midi(path: Path, music: Tune | Piece, tokens: Sequence[int], record: Mapping[str, Any], mark: str) -> None:
    """Write a tune, or a piece with a track for each voice, with its record.

    Args:
        path: the file.
        music: what sounds.
        tokens: the numbers that it was made of.
        record: how it was made.
        mark: says that it is AI-generated.
    """
    import mido

    told = {"tokens": list(tokens), "tune": music.to_text(), "record": dict(record)}
    content = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    # Bytes of a message have seven bits: each of the record is written as two.
    data = (*MAKER, *(half for byte in content for half in (byte >> 4, byte & 15)))

    head = mido.MidiTrack()
    head.append(mido.MetaMessage("track_name", name=music.title.encode("ascii", "replace").decode()))
    head.append(mido.MetaMessage("text", text=mark))
    head.append(mido.MetaMessage("sequencer_specific", data=data))
    head.append(mido.MetaMessage("time_signature", numerator=music.metre.beats, denominator=music.metre.unit))
    head.append(mido.MetaMessage("key_signature", key="C"))
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_of(music))))
    if isinstance(music, Tune):  # a single voice is in the same track, which any program reads
        _play(head, music, FIDDLE)
        _save(path, head)
        return

    head.append(mido.MetaMessage("end_of_track"))
    _save(path, head, *_voices(music))


def _voices(piece: Piece) -> list[Any]:
    """Return a track for each voice of a piece."""
    import mido

    voices = [mido.MidiTrack() for _ in piece.parts]
    for number, (voice, part) in enumerate(zip(voices, piece.parts, strict=True)):
        voice.append(mido.MetaMessage("track_name", name=f"voice {number + 1}"))
        _play(voice, part, CHOIR, channel=number)
    return voices


def _play(track: Any, tune: Tune, instrument: int, *, channel: int = 0) -> None:
    """Put the notes of a tune into a track, which ends with it."""
    import mido

    track.append(mido.Message("program_change", program=instrument, channel=channel))
    now = 0
    for start, ticks, pitch in _notes(tune):
        begin, length = start * FACTOR - now, ticks * FACTOR
        track.append(mido.Message("note_on", note=pitch, velocity=VELOCITY, channel=channel, time=begin))
        track.append(mido.Message("note_off", note=pitch, velocity=0, channel=channel, time=length))
        now = (start + ticks) * FACTOR
    track.append(mido.MetaMessage("end_of_track", time=sum(ticks for _, ticks in tune.events) * FACTOR - now))


def write_medley(path: Path, tunes: Sequence[Tune], mark: str) -> None:
    """Write four bars of each tune, one after the other: the first four of the first, the next four of the second.

    Args:
        path: the file.
        tunes: what sounds, at least one.
        mark: says that it is AI-generated.
    """
    import mido

    track = mido.MidiTrack()
    track.append(mido.MetaMessage("text", text=mark))
    track.append(mido.Message("program_change", program=FIDDLE))
    waiting = 0
    for place, tune in enumerate(tunes):
        track.append(
            mido.MetaMessage("time_signature", numerator=tune.metre.beats, denominator=tune.metre.unit, time=waiting)
        )
        track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_of(tune))))
        waiting = 0
        for pitch, ticks in (event for bar in _excerpt(tune, place) for event in bar):
            if pitch is None:
                waiting += ticks * FACTOR
                continue
            track.append(mido.Message("note_on", note=pitch, velocity=VELOCITY, time=waiting))
            track.append(mido.Message("note_off", note=pitch, velocity=0, time=ticks * FACTOR))
            waiting = 0
    track.append(mido.MetaMessage("end_of_track", time=waiting))
    _save(path, track)


def write_medley_of_pieces(path: Path, pieces: Sequence[Piece], mark: str) -> None:
    """Write four bars of each piece, as `write_medley` does of tunes, with a track for each voice.

    Args:
        path: the file.
        pieces: what sounds, at least one, all of one metre and as many voices.
        mark: says that it is AI-generated.
    """
    import mido

    cut = [[_excerpt(part, place) for part in piece.parts] for place, piece in enumerate(pieces)]
    parts = tuple(tuple(bar for bars in voice for bar in bars) for voice in zip(*cut, strict=True))
    medley = Piece.of_bars("", pieces[0].metre, parts)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("text", text=mark))
    head.append(mido.MetaMessage("time_signature", numerator=medley.metre.beats, denominator=medley.metre.unit))
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_of(medley))))
    head.append(mido.MetaMessage("end_of_track"))
    _save(path, head, *_voices(medley))


def _excerpt(tune: Tune, place: int) -> tuple[Bar, ...]:
    """Return the bars of a tune that sound at a place of a medley."""
    first = place * MEDLEY_BARS % len(tune.bars)
    return tune.bars[first : first + MEDLEY_BARS]


def read_midi(path: Path) -> tuple[list[int], dict[str, Any], Piece]:
    """Read the tokens, the record and the music of a work, a tune as a piece of one part, which may come from anybody.

    Raises:
        ArtganError: if it is no work of artgan's, damaged, or not the tune that its record tells of.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError("it is too large")
        told, notes = _told(content)
        tokens, record, piece = told["tokens"], told["record"], Piece.of_text(told["tune"])
        if not isinstance(record, dict) or not all(type(token) is int and 0 <= token < 2**31 for token in tokens):
            raise ValueError("its record or its tokens are none")
    except FileNotFoundError:
        raise ArtganError(f"{path} does not exist") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArtganError(f"{path} is not an artwork that artgan can read: {one_line(error)}") from error
    if [voice for voice in notes if voice] != [voice for part in piece.parts if (voice := _notes(part))]:
        raise ArtganError(f"{path} is not the music that its record tells of")
    return tokens, record, piece


def tempo_of(music: Tune | Piece) -> int:
    """Return how many quarters there are in a minute: of a jig 108 dotted ones, of other tunes 168, of pieces 84."""
    if isinstance(music, Piece):
        return 84
    return 162 if music.metre.unit >= 8 and music.metre.beats % 3 == 0 else 168


def _save(path: Path, *tracks: Any) -> None:
    import mido

    file = mido.MidiFile(type=int(len(tracks) > 1), ticks_per_beat=QUARTER)
    file.tracks.extend(tracks)
    written = io.BytesIO()
    file.save(file=written)
    with replacing(path) as draft:
        draft.write_bytes(written.getvalue())


def _notes(tune: Tune) -> list[tuple[int, int, int]]:
    """Return the start, the ticks and the pitch of each note."""
    notes, now = [], 0
    for pitch, ticks in tune.events:
        if pitch is not None:
            notes.append((now, ticks, pitch))
        now += ticks
    return notes


def _told(content: bytes) -> tuple[dict[str, Any], list[list[tuple[int, int, int]]]]:
    """Return what a file tells of itself, and the notes of each track as it tells them: start, ticks, pitch.

    Raises:
        ValueError: if it tells nothing, or is no MIDI file.
    """
    import mido

    try:
        tracks = mido.MidiFile(file=io.BytesIO(content)).tracks
    except Exception as error:  # mido raises errors of many kinds on damaged files
        raise ValueError(f"it is no MIDI file: {one_line(error)}") from None
    if not tracks:
        raise ValueError("it holds no track")
    told: dict[str, Any] | None = None
    for message in tracks[0]:
        if message.type == "sequencer_specific" and tuple(message.data[: len(MAKER)]) == MAKER:
            halves = message.data[len(MAKER) :]
            told = parse_json(
                bytes(
                    (high & 15) << 4 | (low & 15) for high, low in zip(halves[::2], halves[1::2], strict=True)
                ).decode()
            )
    if not isinstance(told, dict):
        raise ValueError("it carries no record")
    return told, [_heard(track) for track in tracks]


def _heard(track: Any) -> list[tuple[int, int, int]]:
    """Return the start, the ticks and the pitch of each note of a track that sounds one at a time."""
    notes, now = list[tuple[int, int, int]](), 0
    for message in track:
        now += message.time
        if message.type == "note_on":
            notes.append((now // FACTOR, 0, message.note))
        elif message.type == "note_off" and notes:
            notes[-1] = (notes[-1][0], now // FACTOR - notes[-1][0], notes[-1][2])
    return notes
