"""ABC is read as it is written, and written as others read it."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction

import pytest
from artgan_music.abc_reader import key_signature, read_tune, tunes_in
from artgan_music.abc_writer import to_abc
from artgan_music.dataset import Tunes
from artgan_music.form import tunes_of, white_shift
from artgan_music.midi_reader import read_performance
from artgan_music.modality import Music

from artgan.interfaces import Workspace

HEAD = "X:1\nT:Mine\nM:4/4\nL:1/8\nK:{}\n"
BAR = "CDEF GABc|"


def notes(body, key="C"):
    tune = read_tune(HEAD.format(key) + body)
    return [(note.pitch, note.length * 8) for bar in tune.bars for note in bar.notes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C c C, c'", [(60, 1), (72, 1), (48, 1), (84, 1)]),
        ("C2 C/ C// C3/2 C/4", [(60, 2), (60, 0.5), (60, 0.25), (60, 1.5), (60, 0.25)]),
        ("C>D E<F", [(60, 1.5), (62, 0.5), (64, 0.5), (65, 1.5)]),
        ("C>>D", [(60, 1.75), (62, 0.25)]),
        ("(3CDE F", [(60, Fraction(2, 3)), (62, Fraction(2, 3)), (64, Fraction(2, 3)), (65, 1)]),
        ("(3:2:2CD E", [(60, Fraction(2, 3)), (62, Fraction(2, 3)), (64, 1)]),
        ("^C C|C _D =D", [(61, 1), (61, 1), (60, 1), (61, 1), (62, 1)]),
        ("z2 [CEG]2 {de}C", [(None, 2), (67, 2), (60, 1)]),
        ('"Am"C !trill!D vE ~F "1"G', [(60, 1), (62, 1), (64, 1), (65, 1), (67, 1)]),
        ("[L:1/16] C", [(60, 0.5)]),
        ("C % a comment D\nE", [(60, 1), (64, 1)]),
        ("C D|!\nE", [(60, 1), (62, 1), (64, 1)]),
    ],
)
def test_notes_and_lengths_are_those_of_the_standard(body, expected):
    assert notes(body) == expected


@pytest.mark.parametrize(
    ("key", "sharps"),
    [
        ("C", 0),
        ("G", 1),
        ("Bb", -2),
        ("Am", 0),
        ("A minor", 0),
        ("D Mixolydian", 1),
        ("Edor", 2),
        ("F#m", 3),
        ("none", 0),
    ],
)
def test_keys_and_modes_have_their_signatures(key, sharps):
    assert key_signature(key) == sharps
    assert -5 <= white_shift(sharps) <= 6


def test_a_signature_holds_in_all_octaves():
    assert [pitch for pitch, _ in notes("F f F, =F F|F", key="G")] == [66, 78, 54, 65, 65, 66]


def test_an_upbeat_ends_the_part_that_it_leads_back_to_and_of_endings_the_first_is_taken():
    part = "AB|" + BAR * 7 + "1 CDEF GA:|2 c8|]"
    tune = read_tune(HEAD.format("C") + part + "\n|:" + BAR * 8 + ":|")
    (found,) = tunes_of(tune, 16)
    assert [len(bar) for bar in found.bars] == [8] * 16
    assert found.bars[7][-2:] == ((69, 6), (71, 6))


def test_of_voices_the_first_is_read():
    assert notes("[V:1]CD[V:2]EF[V:1]GA") == [(60, 1), (62, 1), (67, 1), (69, 1)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X:1\nT:a\nM:4/4\nC", "has no key"),
        ("X:1\nT:a\nM:5/0\nK:C\nC", "its metre 5/0 is none that is kept"),
        ("X:1\nT:a\nK:C\nC|[K:D]D", "changes its key"),
        ("X:1\nT:a\nM:4/4\nK:C\nC|[M:3/4]D", "changes its metre"),
        ("X:1\nT:a\nK:C\n" + "(9" * 99 + "C" * 9000, "has more than 4,096 notes"),
        ("X:1\nT:a\nK:C\nC9999", "has notes that are none"),
        ("X:1\nT:a\nK:C\n|::|:|:|", "has no notes"),
        ("X:1\nT:a\nK:C\n" + "C" * 99_999, "is longer than 32,768 characters"),
    ],
)
def test_what_is_no_tune_says_why(text, reason):
    assert list(tunes_in(text)) == [("a", reason)]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    data = Tunes().open(Workspace(tmp_path_factory.mktemp("cache")))
    return data, Music().with_spec(data.spec)


def test_the_bundled_tunes_are_1522_to_train_on_in_two_metres(bundled):
    data, _ = bundled
    assert (len(data), data.spec.classes, len(data.held_out)) == (1522, ("4/4", "6/8"), 150)
    assert "71 in 9/8" in " ".join(data.notes)


@pytest.mark.skipif(not shutil.which("abc2midi"), reason="abc2midi of Debian's abcmidi is not installed")
def test_abc2midi_plays_what_was_written_each_part_twice(bundled, tmp_path):
    data, music = bundled
    for row in range(0, len(data), 61):
        music.write(tmp_path / "tune.mid", data.samples[row], {})
        played = subprocess.run(
            ["abc2midi", "tune.abc", "-o", "played.mid"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert "rror" not in played.stdout
        (track,) = read_performance((tmp_path / "played.mid").read_bytes()).tracks
        tune = music._grid.tune(data.samples[row].tolist())
        first, second = ([event for bar in half for event in bar] for half in (tune.bars[:8], tune.bars[8:]))
        expected = [event for event in first + first + second + second if event[0] is not None]
        heard = [(note.pitch, round((note.end - note.start) * 12 / 480)) for note in track.notes]
        assert heard == expected, data.names[row]


@pytest.mark.skipif(not shutil.which("abcm2ps"), reason="abcm2ps of Debian is not installed")
def test_abcm2ps_engraves_what_was_written_without_a_complaint(bundled, tmp_path):
    data, music = bundled
    grid = music._grid
    book = "\n".join(
        to_abc(grid.tune(data.samples[row].tolist(), f"tune {row}"), number=row + 1) for row in range(0, 600, 20)
    )
    (tmp_path / "book.abc").write_text(book)
    engraved = subprocess.run(["abcm2ps", "book.abc"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "30 titles" in engraved.stdout
    assert "rror" not in engraved.stdout + engraved.stderr
    assert "arning" not in engraved.stdout + engraved.stderr
