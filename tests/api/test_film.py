"""`artgan.api.film`: works that move with music."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.song import PULSE, RATE, song
from support.strangers import Tunes

import artgan
from artgan.api import FilmRequest, film
from artgan.api._film import make_film
from artgan.artworks.direction import Direction, Move
from artgan.artworks.music_walk import MusicWalk
from artgan.artworks.origin import SeedStart
from artgan.artworks.sound_features import SoundFeatures, listen
from artgan.artworks.walk import Walk
from artgan.files import sha256
from artgan.interfaces import Sound

soundfile = pytest.importorskip("soundfile")
av = pytest.importorskip("av")
pytest.importorskip("librosa")


@pytest.fixture
def place(make_model, tmp_path):
    """A gallery with a small model, and a song beside it."""
    make_model().save(tmp_path / "gallery/bars/model.safetensors")
    return tmp_path


def probe(path: Path) -> tuple[int, float]:
    """Return how many pictures a video shows, and how long its sound lasts, both decoded to their ends."""
    with av.open(str(path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    with av.open(str(path)) as container:
        *_, last = container.decode(audio=0)
    return pictures, float(last.pts * last.time_base) + last.samples / last.sample_rate


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_pictures_end_with_the_sound_to_a_frame(ending, place, plugins):
    music = place / f"song.{ending}"
    soundfile.write(music, song(4.27), RATE)
    made = film(FilmRequest(run=place / "gallery/bars", music=music, stops=(3, 8, 21)), plugins=plugins)
    pictures, seconds = probe(made.file)
    assert pictures == made.frames
    assert abs(pictures / 24 - seconds) <= 1 / 24
    assert abs(seconds - made.seconds) <= 1 / 24
    record = json.loads(made.file.with_suffix(".json").read_text())
    assert record["music"]["sha256"] == sha256(music)
    assert "song" not in made.file.with_suffix(".json").read_text()


@pytest.mark.slow
def test_beats_are_found_where_they_are(tmp_path):
    soundfile.write(tmp_path / "song.wav", song(20), RATE)
    beats = np.array(listen(Sound.open(tmp_path / "song.wav")).beats)
    assert len(beats) >= 30
    assert np.abs((beats + PULSE / 2) % PULSE - PULSE / 2).max() < 0.08


@pytest.mark.slow
def test_what_is_heard_does_not_depend_on_how_it_is_read(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "song.wav", song(15), RATE)
    whole = listen(Sound.open(tmp_path / "song.wav"))
    monkeypatch.setattr("artgan.interfaces.sound.BLOCK", 1000)
    monkeypatch.setattr("artgan.artworks.sound_features.CHUNK", 7)
    parts = listen(Sound.open(tmp_path / "song.wav"))
    assert np.allclose(whole.loudness, parts.loudness, atol=1e-5)
    assert np.allclose(whole.onset, parts.onset, atol=1e-3)


def heard(seconds: float, beats: tuple[float, ...]) -> SoundFeatures:
    """Return what is heard in a sound whose second half is loud and deep."""
    level = np.repeat([0.1, 1.0], round(seconds * 20))
    return SoundFeatures(40.0, level, np.zeros_like(level), {"bass": level, "mid": level, "treble": level}, beats)


def way(tmp_path: Path, *, beats: int = 2, moves: tuple = ()) -> MusicWalk:
    sound = Sound(tmp_path / "song.wav", RATE, 2, 4 * RATE)
    stops = tuple(map(SeedStart, (3, 8, 21)))
    return MusicWalk(Walk(stops, 96), sound, heard(4, (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)), beats, moves)


def test_works_are_reached_at_every_so_many_beats(tmp_path):
    walk = way(tmp_path)
    assert walk.turns() == (0.0, 0.5, 1.5, 2.5, 4.0)
    latents = list(walk.latents(8))
    for turn, seed in ((0.0, 3), (0.5, 8), (1.5, 21), (2.5, 3)):
        assert np.allclose(latents[round(turn * 24)], SeedStart(seed).latent(8))


def test_works_move_faster_where_it_is_louder(tmp_path):
    latents = np.array(list(replace(way(tmp_path), features=heard(4, (0.0,))).latents(8)))
    steps = np.linalg.norm(np.diff(latents, axis=0), axis=1)
    assert len(latents) == 96
    assert steps[50:].min() > 3 * steps[:46].max()  # (0.15 + 1.0) / (0.15 + 0.1) = 4.6 on a great arc of equal norms


def test_a_direction_follows_its_band(make_model, tmp_path):
    from artgan.api._film import _band_moves

    model = replace(make_model(), directions=(Direction((1.0, *[0.0] * 7), 2.0, "weight"),))
    moves = _band_moves({"bass": ("weight", 2.0)}, model)
    moved, still = (np.array(list(way(tmp_path, moves=given).latents(8))) for given in (moves, ()))
    steps = (moved - still)[:, 0]
    assert np.allclose((moved - still)[:, 1:], 0)
    assert steps[10] == pytest.approx(0.2, abs=0.02)
    assert steps[80] == pytest.approx(2.0, abs=0.02)
    with pytest.raises(artgan.UsageError, match="--map alto: there is no such band; there are bass, mid, treble"):
        _band_moves({"alto": ("weight", 2.0)}, model)
    with pytest.raises(artgan.UsageError, match="no direction is called 'size'"):
        _band_moves({"bass": ("size", 2.0)}, model)


def test_moves_are_those_of_all_works(tmp_path):
    still, moved = way(tmp_path), Move("weight", 2.5, (1.0, *[0.0] * 7))
    both = zip(replace(still, walk=replace(still.walk, moves=(moved,))).latents(8), still.latents(8), strict=True)
    assert all(np.allclose(latent - before, [2.5, *[0.0] * 7]) for latent, before in both)


def damaged(path: Path) -> None:
    soundfile.write(path, song(1), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def with_nan(path: Path) -> None:
    samples = song(1)
    samples[500, 1] = np.nan
    soundfile.write(path, samples, RATE, subtype="FLOAT")


def long(path: Path) -> None:
    soundfile.write(path, np.zeros(5 * 3600 * 200, np.uint8).astype(np.int16), 200, subtype="PCM_U8")


@pytest.mark.parametrize(
    ("name", "write", "line"),
    [
        ("gone.wav", lambda path: None, "does not exist"),
        ("empty.wav", lambda path: path.write_bytes(b""), "is no sound that can be read"),
        (
            "picture.mp3",
            lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)),
            "is no sound that can be read",
        ),
        ("none.wav", lambda path: soundfile.write(path, np.zeros((0, 1)), RATE), "holds no sound"),
        ("short.wav", lambda path: soundfile.write(path, song(0.03), RATE), "too short for two works"),
        pytest.param(
            "silent.wav", lambda path: soundfile.write(path, np.zeros(RATE), RATE), "is silent", marks=pytest.mark.slow
        ),
        pytest.param("nan.wav", with_nan, "no finite numbers", marks=pytest.mark.slow),
        pytest.param("cut.wav", damaged, "is truncated", marks=pytest.mark.slow),
        pytest.param("cut.flac", damaged, "is damaged", marks=pytest.mark.slow),
        ("long.wav", long, "lasts 5 h 00 min, which are 432,000 works"),
    ],
)
def test_music_that_cannot_be_used_is_refused_in_one_line(name, write, line, make_model, tmp_path):
    write(tmp_path / name)
    request = FilmRequest(run=tmp_path, music=tmp_path / name, out=tmp_path / "film.mp4")
    with pytest.raises(artgan.ArtganError, match=line) as refused:
        make_film(make_model(), tmp_path / "model.safetensors", request, reporter=artgan.interfaces.Silent())
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "film.mp4").exists()


def test_what_makes_no_pictures_does_not_move_with_music(make_model, tmp_path):
    model = replace(make_model(), modality=Tunes())
    request = FilmRequest(run=Path("tunes"), music=tmp_path / "song.wav")
    with pytest.raises(artgan.UsageError, match="tunes makes tunes, which cannot move with music"):
        make_film(model, tmp_path / "model.safetensors", request, reporter=artgan.interfaces.Silent())
