"""Pieces in several voices: what is read, where tokens may stand, what players are told, and what works are."""

from __future__ import annotations

import io
import re
import shutil
import subprocess

import mido
import pytest
import torch
from artgan_music.abc_reader import read_voices
from artgan_music.abc_writer import piece_to_abc
from artgan_music.harmony import chords, crossings, parallels
from artgan_music.midi_reader import read_performance
from artgan_music.models import ChorusGenerator
from artgan_music.part_reader import Form, pieces_of, played_voices, written_voices
from artgan_music.piece import Piece
from artgan_music.polyphony import Polyphony
from artgan_music.score_svg import drawn as drawn_score
from artgan_music.scores import Scores
from artgan_music.staves import engrave_piece
from artgan_music.voices import HOLD, VoiceGrid
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_pages import opened

from artgan import ArtganError
from artgan.interfaces import Workspace

SPEC = Polyphony().examples()[0]
GRID = VoiceGrid.of_spec(SPEC)
POLYPHONY = Polyphony().with_spec(SPEC)

CADENCE = """X:1
T:Cadence
M:4/4
L:1/4
V:S
V:B clef=bass
V:A
V:T clef=bass
K:G
[V:S] d | G G A F | G4 |]
[V:A] D | D E E D | D4 |]
[V:T] B, | B, C C A, | B,4 |]
[V:B] G, | G,C, A,,/B,,/ D, | G,,4 |]
"""


def written(text, voices=4, **form):
    return pieces_of(written_voices(read_voices(text, voices)), Form(voices, form.get("bars", 2), form.get("step", 6)))


def drawn(count=6, **options):
    torch.manual_seed(2)
    network = ChorusGenerator(width=12, embedding=6, **options).build(SPEC).double().eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    latents = torch.randn(count, 32, dtype=torch.float64)
    return network, latents, network.draw(latents)


def test_voices_of_abc_are_read_without_the_upbeat_in_white_keys_the_highest_first():
    (piece,) = written(CADENCE)
    assert piece.to_text() == (
        "4/4\n"
        "72:12 72:12 74:12 71:12 & 67:12 69:12 69:12 67:12 & 64:12 65:12 65:12 62:12 & 60:12 53:12 50:6 52:6 55:12\n"
        "72:48 & 67:48 & 64:48 & 48:48"
    )


def test_a_voice_too_few_or_too_many_is_named():
    with pytest.raises(ValueError, match="has 4 voices, not 3"):
        written(CADENCE, voices=3)


def test_bars_of_a_voice_that_are_not_full_are_noticed():
    with pytest.raises(ValueError, match="has bars that are not full"):
        written(CADENCE.replace("D E E D |", "D E E D D |"))


def test_notes_that_fall_between_the_steps_are_passed_over_unless_they_are_many():
    (piece,) = written(CADENCE, step=12)
    assert [ticks for _, ticks in piece.parts[3].bars[0]] == [12] * 4
    short = CADENCE.replace("[V:S] d | G G A F", "[V:S] d | G/A/G/A/ A/F/A/F/").replace("D E E D", "D/E/D/E/ E/D/E/D/")
    with pytest.raises(ValueError, match="between the steps of its grid, which are 12 ticks"):
        written(short, step=12)


def test_a_work_is_read_again_as_the_piece_that_it_is_by_its_own_reader_and_as_anybodys(tmp_path):
    _, _, tokens = drawn(1)
    POLYPHONY.write(tmp_path / "work.mid", tokens[0].numpy(), {"seed": 7})
    read, record = POLYPHONY.read(tmp_path / "work.mid")
    assert (read.tolist(), record) == (tokens[0].tolist(), {"seed": 7})

    piece = GRID.piece(read.tolist())
    file = mido.MidiFile(tmp_path / "work.mid")
    for track, part in zip(file.tracks[1:], piece.parts, strict=True):
        heard = [message.note for message in track if message.type == "note_on"]
        assert heard == [pitch for pitch, _ in part.events if pitch is not None]
    file.tracks[2].pop(2)
    file.save(tmp_path / "changed.mid")
    with pytest.raises(ArtganError, match="is not the music that its record tells of"):
        POLYPHONY.read(tmp_path / "changed.mid")


def test_what_is_written_in_midi_and_in_abc_is_read_as_the_same_piece(tmp_path):
    (piece,) = written(CADENCE)
    grid = VoiceGrid.of_pieces([piece], 6)
    modality = Polyphony().with_spec(grid.spec)
    modality.write(tmp_path / "work.mid", torch.tensor(grid.tokens(piece)).numpy(), {})
    assert modality.read_real(tmp_path / "work.mid", grid.spec, {}).tolist() == grid.tokens(piece)
    assert modality.read_real(tmp_path / "work.abc", grid.spec, {}).tolist() == grid.tokens(piece)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (("V:T", "V:A"), "Cadence has 3 voices, not 4"),
        (("M:4/4\nL:1/4", "M:4/2\nL:1/2"), "Cadence is in 4 voices and 4/2, not 4 and 4/4"),
        ((" | G4 |]", " |]"), "Cadence rests in a voice that never does in the others"),
        (("[V:S] d | G", "[V:S] d | g''"), "Cadence has a voice that goes beyond 71-74"),
        (("[V:S] d |", "[V:S] d d d d d |"), "Cadence has bars that are not full"),
        (("K:G", "%"), "Cadence has no key"),
    ],
)
def test_a_score_that_is_no_piece_of_a_models_form_is_refused_in_one_line(tmp_path, changed, reason):
    grid = VoiceGrid.of_pieces(written(CADENCE), 6)
    (tmp_path / "mine.abc").write_text(CADENCE.replace(*changed))
    with pytest.raises(
        ArtganError, match=re.escape(f"mine.abc gives no piece of this model's form: {reason}")
    ) as refused:
        Polyphony().read_real(tmp_path / "mine.abc", grid.spec, {})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"MThd", b"MThd\0\0\0\6\0\1\0\1\1\340MTrk\0\0\0\4\0\377\57\0"])
def test_midi_that_is_damaged_or_silent_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "mine.mid").write_bytes(content)
    with pytest.raises(ArtganError, match=r"mine\.mid gives no piece of this model's form: it ") as refused:
        POLYPHONY.read_real(tmp_path / "mine.mid", SPEC, {})
    assert "\n" not in str(refused.value)


def test_a_song_sheet_has_the_staves_of_every_piece_on_pages_that_it_names(tmp_path):
    _, _, tokens = drawn(9)
    told = {"title": "Chorales Ж", "notes": ["Made by nobody"]}
    samples, captions = [row.numpy() for row in tokens], [f"No. {n}" for n in range(9)]
    assert POLYPHONY.write_pages(tmp_path / "book.pdf", samples, captions, **told) == "Ж"
    words, pages, heads = opened(tmp_path / "book.pdf")
    assert all(caption in words for caption in captions)
    assert words.count("Made by nobody") == pages > 1
    notes = [pitch for row in tokens.tolist() for part in GRID.piece(row).parts for pitch, _ in part.events]
    assert heads == sum(pitch is not None for pitch in notes)


def test_a_walk_is_heard_as_a_medley_with_a_track_for_each_voice(tmp_path):
    _, _, tokens = drawn(3)
    (medley,) = POLYPHONY.write_beside_walk(tmp_path / "walk.svg", tokens.numpy())
    file = mido.MidiFile(medley)
    assert medley.name == "walk.mid"
    for voice, track in enumerate(file.tracks[1:]):
        heard = [message.note for message in track if message.type == "note_on"]
        parts = [GRID.piece(row).parts[voice] for row in tokens.tolist()]
        assert heard == [pitch for part in parts for pitch, _ in part.events if pitch is not None]
    assert file.length == pytest.approx(3 * GRID.bars * GRID.metre.ticks / 12 * 60 / 84)


@pytest.mark.skipif(not shutil.which("abc2midi"), reason="abc2midi of Debian's abcmidi is not installed")
def test_abc2midi_plays_the_voices_that_were_written(tmp_path):
    (piece,) = written(CADENCE)
    (tmp_path / "piece.abc").write_text(piece_to_abc(piece))
    subprocess.run(["abc2midi", "piece.abc", "-o", "played.mid"], cwd=tmp_path, capture_output=True, check=True)
    voices = played_voices(read_performance((tmp_path / "played.mid").read_bytes()), "played", 4)
    (again,) = pieces_of(voices, Form(4, 2, 6))
    assert again.to_text() == piece.to_text()


@pytest.mark.skipif(not shutil.which("abcm2ps"), reason="abcm2ps of Debian is not installed")
def test_abcm2ps_engraves_the_voices_without_a_complaint(tmp_path):
    (tmp_path / "piece.abc").write_text(piece_to_abc(written(CADENCE)[0]))
    done = subprocess.run(["abcm2ps", "piece.abc"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not re.search("error|warning", done.stderr, re.IGNORECASE)


def test_a_score_has_a_staff_and_a_clef_for_each_voice_and_a_head_for_each_note():
    (piece,) = written(CADENCE)
    score = drawn_score(piece, engrave_piece, "a cadence")
    assert (score.count('href="#clef"'), score.count('href="#bass"')) == (3, 1)
    heads = sum(score.count(f'href="#{name}"') for name in ("black", "half", "whole"))
    assert heads == sum(len(part.events) for part in piece.parts)
    across = [float(x) for x in re.findall(r'href="#(?:black|half|whole)" x="([^"]*)"', score)]
    first = piece.parts[0].bars[0]
    assert len({round(x, 1) for x in across[: len(first)]} & {round(x, 1) for x in across[len(first) :]}) == len(first)


def test_a_folder_of_scores_is_numbered_and_what_does_not_fit_is_named(tmp_path):
    for number, letters in enumerate(("GABc", "GGBc", "GAGc")):
        (tmp_path / f"{number}.abc").write_text(CADENCE.replace("G G A F", " ".join(letters)))
    (tmp_path / "alone.abc").write_text("X:1\nT:Alone\nK:C\nCDEF GABc|\n")
    data = Scores(path=str(tmp_path), bars=2, held_out=0).open(Workspace(tmp_path / "cache"))
    assert data.samples.shape == (3, 2 * 8 * 4)
    assert [(item.name, item.reason) for item in data.left_out] == [("alone.abc, Alone", "has 1 voices, not 4")]
    again = Scores(path=str(tmp_path), bars=2, held_out=0).open(Workspace(tmp_path / "cache"))
    assert again.fingerprint == data.fingerprint


def test_a_track_with_chords_is_no_voice():
    file = mido.MidiFile()
    for pitches in ([60, 64, 67], [48]):
        track = mido.MidiTrack()
        for _ in range(8):
            track += [mido.Message("note_on", note=pitch, time=0) for pitch in pitches]
            track += [mido.Message("note_off", note=p, time=480 * (not n)) for n, p in enumerate(pitches)]
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    with pytest.raises(ValueError, match="has chords in 'track 1', which is no voice"):
        played_voices(read_performance(content.getvalue()), "chords", 2)


@given(tokens=st.lists(st.integers(0, SPEC.vocabulary - 1), min_size=GRID.length, max_size=GRID.length))
@settings(max_examples=25, deadline=None)
def test_any_tokens_are_a_piece_of_full_bars_which_its_text_tells_again(tokens):
    piece = GRID.piece(tokens)
    for part in piece.parts:
        assert [sum(ticks for _, ticks in bar) for bar in part.bars] == [GRID.metre.ticks] * GRID.bars
    assert Piece.of_text(piece.to_text()) == piece


def test_what_is_drawn_stays_in_each_voices_range_begins_each_bar_and_is_read_as_it_was_drawn():
    _, _, tokens = drawn()
    rows = tokens.unflatten(1, (-1, GRID.voices))
    assert (rows[:, :: GRID.steps_of_bar] != HOLD).all()
    for row in tokens.tolist():
        assert GRID.tokens(GRID.piece(row)) == row


def test_all_places_at_once_are_told_what_they_are_told_one_by_one():
    network, latents, _ = drawn()
    network.temperature = 0
    tokens = network.draw(latents)
    assert network.log_distribution(tokens, latents, None).argmax(2).equal(tokens)


def test_all_places_at_once_are_told_what_a_page_is_told_token_by_token():
    network, latents, tokens = drawn()
    expected = network.log_distribution(tokens, latents, None)
    token, state = torch.full((len(tokens),), SPEC.vocabulary), network.begin(latents)
    for place in range(SPEC.shape[0]):
        logits, state = network.step(token, latents, state)
        assert torch.allclose(logits.log_softmax(1), expected[:, place], atol=1e-9)
        assert state[-1].unique().tolist() == [place]
        token = tokens[:, place]


def test_a_token_changes_no_score_before_it():
    network, latents, tokens = drawn(1)
    changed = tokens.clone()
    changed[0, 9] = 2 if tokens[0, 9] > 2 else 3
    before, after = (network.log_distribution(given, latents, None)[0] for given in (tokens, changed))
    assert before[:10].equal(after[:10])
    assert not before[10:12].equal(after[10:12])


def test_chords_crossings_and_parallels_are_counted_as_by_hand():
    text = "4/4\n72:12 74:12 71:12 71:12 & 67:12 69:12 67:12 67:12 & 64:12 65:12 62:12 74:12 & 60:12 62:12 55:12 56:12"
    piece = Piece.of_text(text)
    assert chords(piece) == pytest.approx(3 / 4)  # C E G, D F A, G B D; not G sharp with G, B, D
    assert crossings(piece) == pytest.approx(1 / 12)  # in the last quarter the third voice is above the second
    assert parallels(piece) == pytest.approx(parallels_by_hand(text))


def parallels_by_hand(text):
    rows = [[int(word.split(":")[0]) for word in part.split()] for part in text.split("\n")[1].split(" & ")]
    kept = moved = 0
    for step in range(3):
        for high in range(4):
            for low in range(high + 1, 4):
                first, after = (rows[high][at] - rows[low][at] for at in (step, step + 1))
                if rows[high][step] != rows[high][step + 1] and rows[low][step] != rows[low][step + 1]:
                    moved += 1
                    kept += first % 12 == after % 12 and first % 12 in (0, 7)
    return kept / moved
