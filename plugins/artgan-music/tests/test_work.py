"""A work is a MIDI file that anybody can play and that tells how it was made; what was changed is noticed."""

from __future__ import annotations

from xml.etree import ElementTree

import mido
import numpy as np
import pytest
import torch
from artgan_music.grid import Grid
from artgan_music.modality import Music
from artgan_music.models import TuneGenerator
from artgan_music.tune import Metre, Tune
from printed_pages import opened

from artgan import ArtganError

SPEC = Music().examples()[0]
MUSIC = Music().with_spec(SPEC)


@pytest.fixture(scope="module")
def samples():
    torch.manual_seed(1)
    network = TuneGenerator(width=12).build(SPEC).eval()
    return MUSIC.to_compact(network(torch.randn(3, 32), None)).numpy()


@pytest.fixture
def work(samples, tmp_path):
    MUSIC.write(tmp_path / "work.mid", samples[0], {"seed": 7})
    return tmp_path / "work.mid"


def test_any_reader_hears_the_notes_and_reads_the_mark(work, samples):
    file = mido.MidiFile(work)
    tune = Grid.of_spec(SPEC).tune(samples[0].tolist())
    heard = [message.note for message in file if message.type == "note_on"]
    assert heard == [pitch for pitch, _ in tune.events if pitch is not None]
    quarters = 4 * tune.metre.ticks / 12
    tempo = next(message.tempo for message in file if message.type == "set_tempo")
    assert file.length == pytest.approx(quarters * tempo / 1e6)
    assert any(message.type == "text" and message.text == "AI-generated with artgan" for message in file)


def test_a_note_that_was_changed_is_noticed(work):
    file = mido.MidiFile(work)
    next(message for message in file.tracks[0] if message.type == "note_on").note += 1
    file.save(work)
    with pytest.raises(ArtganError, match="is not the music that its record tells of"):
        MUSIC.read(work)


def test_a_file_of_somebody_else_is_no_work(tmp_path):
    file = mido.MidiFile()
    file.tracks.append(mido.MidiTrack([mido.Message("note_on", note=60, time=0)]))
    file.save(tmp_path / "other.mid")
    with pytest.raises(ArtganError, match="it carries no record"):
        MUSIC.read(tmp_path / "other.mid")


def test_the_score_has_a_head_for_each_note_and_says_what_it_is(work, samples):
    score = ElementTree.parse(work.with_suffix(".svg")).getroot()
    name = "{http://www.w3.org/2000/svg}"
    heads = [use for use in score.iter(f"{name}use") if use.get("href") in ("#black", "#half", "#whole")]
    notes = [pitch for pitch, _ in Grid.of_spec(SPEC).tune(samples[0].tolist()).events if pitch is not None]
    assert len(heads) == len(notes)
    assert score.find(f"{name}title").text == "work (AI-generated with artgan)"


@pytest.mark.parametrize("ending", [".mid", ".abc"])
def test_a_tune_that_somebody_wrote_is_read_onto_the_grid(tmp_path, ending):
    first, then = ((60, 12), (64, 6), (62, 12), (60, 6)), ((62, 12), (60, 6), (64, 12), (62, 6))
    grid = Grid.of_spec(SPEC)
    tokens = grid.tokens(Tune("", Metre(6, 8), (first, then, then, ((60, 6), (64, 6), (62, 6), (60, 6), (62, 12)))))
    MUSIC.write(tmp_path / "work.mid", np.array(tokens), {})
    assert MUSIC.read_real(tmp_path / f"work{ending}", SPEC, {}).tolist() == tokens


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("mine.abc", "X:1\nM:6/8\nL:1/8\nK:C\nc6|c6|\n", "has no two parts of 2 full bars"),
        ("mine.abc", "X:1\nM:4/4\nL:1/8\nK:C\nc8|c8:|\nc8|c8:|\n", "is in 4/4, not in 6/8 or 3/4"),
        ("mine.abc", "X:1\nM:6/8\nL:1/8\nK:C\nb6|c6:|\nc6|c6:|\n", "has an event"),
        ("mine.abc", "", "holds no tune in ABC"),
        ("mine.mid", "MThd", "is no MIDI file"),
        ("mine.wav", "RIFF", "is neither MIDI nor ABC"),
        ("mine.abc", None, "does not exist"),
    ],
)
def test_a_file_that_is_no_tune_of_this_form_is_refused_in_one_line(tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ArtganError, match=reason) as refused:
        MUSIC.read_real(tmp_path / name, SPEC, {})
    assert "\n" not in str(refused.value)


def test_a_song_sheet_has_every_tune_on_pages_that_a_reader_opens(samples, tmp_path):
    path = tmp_path / "book.pdf"
    told = ["Made by nobody"]
    assert (
        MUSIC.write_pages(path, list(samples) * 3, [f"No. {n}" for n in range(9)], title="Reels Ж", notes=told) == "Ж"
    )
    words, pages, heads = opened(path)
    assert all(f"No. {number}" in words for number in range(9))
    assert words.count("Made by nobody") == pages > 1
    notes = [pitch for row in samples for pitch, _ in Grid.of_spec(SPEC).tune(row.tolist()).events if pitch is not None]
    assert heads == 3 * len(notes)
    first = path.read_bytes()
    MUSIC.write_pages(path, list(samples) * 3, [f"No. {n}" for n in range(9)], title="Reels Ж", notes=told)
    assert path.read_bytes() == first


def test_the_nearest_work_to_a_users_tune_is_made_again_and_led_on_from(trained):
    tune = min((trained.folder / "gallery/first/works").glob("*.abc"))
    work, beside = trained.artgan("project", "first", str(tune), "--steps=3", "--starts=1").splitlines()[-2:]
    assert "identical" in trained.artgan("remake", str(trained.folder / work))
    assert beside.endswith(".svg")
    assert "child-00000000" in trained.artgan("breed", "first", work, "1", "-n", "1")


def test_a_run_makes_works_that_are_made_again_to_the_byte(trained):
    def sampled():
        told = trained.artgan("sample", "first", "--class=6/8", "--seed=30", "-n", "1")
        (line,) = [line for line in told.splitlines() if line.endswith(".mid")]
        return trained.folder / line

    jig = sampled()
    files = [jig.with_suffix(ending) for ending in (".mid", ".abc", ".svg")]
    before = [path.read_bytes() for path in files]
    assert b"M:6/8" in before[1]
    assert "identical to the last event" in trained.artgan("remake", str(jig))
    assert "Fiddle tunes" in trained.artgan("about", str(jig))
    for path in files:
        path.unlink()
    assert sampled() == jig
    assert before == [path.read_bytes() for path in files]


def test_works_are_walked_between_and_bred(trained):
    assert len(trained.artgan("walk", "first", "--seeds=0,1", "--frames=3").splitlines()) == 3
    assert "child-00000000-of-0-and-1" in trained.artgan("breed", "first", "0", "1", "-n", "1")
