"""MIDI is read whatever is in the file: a melody comes out of it, or one line says why not."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap

import mido
import numpy as np
import pytest
from artgan_music.dataset import Abc, Midi
from artgan_music.melody import tunes_of
from artgan_music.midi_reader import read_performance
from artgan_music.tune import Metre

from artgan import ArtganError
from artgan.interfaces import Workspace

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def midi(*tracks, quarter=96, metre="4/4", **metas):
    """Return a MIDI file; a track is a list of (pitch, quarters) or a channel with one."""
    file = mido.MidiFile(ticks_per_beat=quarter)
    for notes in tracks or ([],):
        channel, notes = notes if isinstance(notes, tuple) else (0, notes)
        track = mido.MidiTrack()
        if metre:
            beats, unit = metre.split("/")
            track.append(mido.MetaMessage("time_signature", numerator=int(beats), denominator=int(unit)))
        for name, values in metas.items():
            track.append(mido.MetaMessage(name, **values))
        for pitch, quarters in notes:
            length = round(quarters * quarter)
            track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=64, time=0))
            track.append(mido.Message("note_off", channel=channel, note=pitch, velocity=0, time=length))
        file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def found(content, bars=16, track=""):
    return tunes_of(read_performance(content), "mine", bars, track)


def melody(bars=16, beats=4):
    return [(SCALE[place * 5 % 8], 0.5) for place in range(2 * beats * bars)]


def test_a_melody_comes_out_as_it_was_written():
    (tune,) = found(midi(melody()))
    assert (tune.metre, len(tune.bars)) == (Metre(4, 4), 16)
    assert tune.events == [(pitch, 6) for pitch, _ in melody()]


def test_another_key_comes_out_in_white_keys():
    lifted = [(pitch + 2, length) for pitch, length in melody()]
    assert found(midi(lifted))[0].bars == found(midi(melody()))[0].bars
    assert found(midi(lifted, key_signature={"key": "D"}))[0].bars == found(midi(melody()))[0].bars


@pytest.mark.parametrize(("metre", "beats"), [("3/4", 3), ("5/4", 5), ("2/2", 4)])
def test_the_metre_of_the_file_stands(metre, beats):
    assert found(midi(melody(16, beats), metre=metre))[0].metre == Metre.parse(metre)


def test_eight_bars_are_played_twice_and_thirty_two_are_two_tunes():
    (twice,) = found(midi(melody(8)))
    assert twice.bars[:8] == twice.bars[8:]
    assert len(found(midi(melody(32)))) == 2


def test_the_highest_line_is_the_melody_unless_another_is_asked_for():
    low = [(pitch - 24, length) for pitch, length in melody()]
    low[0] = (38, 0.5)
    content = midi(low, melody(), (9, [(40, 0.5)] * 200))
    assert found(content)[0].bars == found(midi(melody()))[0].bars
    assert found(content, track="1")[0].bars[0][0] != found(content)[0].bars[0][0]
    with pytest.raises(ValueError, match="has no track 'flute'"):
        found(content, track="flute")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (midi([]), "has no notes"),
        (midi((9, melody())), "has drums alone"),
        (midi(melody()[:9]), "has no melody: no track has 16 notes"),
        (midi(melody(12)), "has 12 bars of 4/4, and 16 are needed"),
        (midi([(60 + n % 7, 0.5 + n % 11 / 9.7) for n in range(99)]), "has a free rhythm"),
        (midi(melody(), metre="13/64"), "its metre 13/64 is none that is kept"),
        (midi(melody(), quarter=0x7FFF), None),
        (midi(melody()).replace(b"\x00\x60MTrk", b"\x00\x00MTrk"), "counts time in frames or not at all"),
        (midi(melody()).replace(b"\x00\x60MTrk", b"\xe7\x28MTrk"), "counts time in frames or not at all"),
        (midi(melody(), set_tempo={"tempo": 0}), None),
        (midi(melody(), text={"text": "x" * 1_000_000}), "is larger than 256 KB"),
        (b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60MTrk\x00\x00\x00\x10" + b"\x00\x90\x3c\x40" * 4, "has no notes"),
        (b"", "is no MIDI file that can be read"),
        (b"X:1\nK:C\nCDEF", "is no MIDI file that can be read"),
        (midi(*[melody()] * 16), None),
    ],
)
def test_what_gives_no_tune_says_why(content, reason):
    if reason is None:
        assert found(content)
        return
    with pytest.raises(ValueError, match=reason):
        found(content)


def damaged(content, random):
    """Return a file with some of its bytes changed, cut out, or put in."""
    changed = bytearray(content)
    for _ in range(random.integers(1, 9)):
        place = int(random.integers(len(changed)))
        way = random.integers(3)
        if way == 0:
            changed[place] = random.integers(256)
        elif way == 1:
            del changed[place : place + int(random.integers(1, 200))]
        else:
            changed[place:place] = random.bytes(int(random.integers(1, 20)))
    return bytes(changed)


def test_of_300_damaged_files_each_gives_tunes_or_is_named(tmp_path):
    random = np.random.default_rng(41)
    whole = midi(melody(), key_signature={"key": "G"}, text={"text": "a" * 50})
    book = (
        "X:1\nT:One\nM:4/4\nL:1/8\nK:G\n|:" + "GABc (3def ga|" * 8 + ":|\n|:" + "c>d [ce]2 z4|" * 8 + ":|\n"
    ).encode()
    for number in range(150):
        (tmp_path / f"{number}.mid").write_bytes(damaged(whole, random))
        (tmp_path / f"{number}.abc").write_bytes(damaged(book, random))
    (tmp_path / "whole.mid").write_bytes(whole)
    (tmp_path / "other.mid").write_bytes(midi(melody(17)[8:]))
    (tmp_path / "whole.abc").write_bytes(book)
    for dataset in (Midi(path=str(tmp_path), rarest=1), Abc(path=str(tmp_path), rarest=1)):
        data = dataset.open(Workspace(tmp_path / "cache"))
        assert len(data) >= 2
        named = {item.name.split(",")[0] for item in data.left_out}
        assert len(named) >= 20
        assert all("\n" not in item.name + item.reason for item in data.left_out)


HOSTILE = {
    "events.mid": "midi([(60, .001)] * 40_000)",
    "huge.mid": "b'MThd\\0\\0\\0\\6\\0\\1\\0\\1\\0\\x60MTrk\\0\\xff\\xff\\xff' + b'\\x01\\x90\\x3c\\x40' * 10**6",
    "running.mid": "b'MThd\\0\\0\\0\\6\\0\\0\\0\\1\\0\\x60MTrk'"
    " + (258_001).to_bytes(4, 'big') + b'\\0\\x90' + b'<@\\1' * 86_000",
    "tuplets.abc": "b'X:1\\nM:4/4\\nK:C\\n' + b'(9:9:99' * 4000",
    "repeats.abc": "b'X:1\\nM:4/4\\nK:C\\n' + b'|:[1::|[2' * 3500 + b'C'",
    "quotes.abc": "b'X:1\\nM:4/4\\nK:C\\n' + b'\\x22{[(!' * 5000",
    "books.abc": "b'X:1\\n' * 500_000",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_take_long_is_soon_named_in_little_memory(tmp_path, name):
    program = f"""
        import resource, sys
        sys.path.insert(0, {str(__file__.rsplit("/", 1)[0])!r})
        from test_midi import midi
        from artgan_music.dataset import Abc, Midi
        content = {HOSTILE[name]}
        before = resource.getrusage(resource.RUSAGE_SELF)
        read = Abc().read_abc if {name!r}.endswith("abc") else Midi().read_midi
        assert all(isinstance(given, str) for _, given in read({name!r}, content))
        after = resource.getrusage(resource.RUSAGE_SELF)
        print((after.ru_maxrss - before.ru_maxrss) / 1024)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert float(ran.stdout) < 300


def test_a_place_without_tunes_says_so(tmp_path):
    for dataset in (Midi, Abc):
        with pytest.raises(ArtganError, match="needs a path"):
            dataset().open(Workspace(tmp_path))
        with pytest.raises(ArtganError, match="does not exist"):
            dataset(path=str(tmp_path / "none")).open(Workspace(tmp_path))
        with pytest.raises(ArtganError, match="holds no"):
            dataset(path=str(tmp_path)).open(Workspace(tmp_path / "cache"))
    (tmp_path / "drums.mid").write_bytes(midi((9, melody())))
    with pytest.raises(ArtganError, match=r"gives too few tunes .* drums\.mid: has drums alone"):
        Midi(path=str(tmp_path)).open(Workspace(tmp_path / "cache"))
