"""A folder is surveyed by its files: their headers, the pixels of some, the digests of all."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from artgan.builtin.dataset import Calligraphy, Folder, Lines, Names, Poems, Tiles
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Survey

PALETTE = np.array([[0, 0, 0], [255, 255, 255], [220, 40, 30], [30, 60, 200]], np.uint8)


def sprite(seed, side=32):
    return Image.fromarray(PALETTE[np.random.default_rng(seed).integers(0, 4, (side, side))])


def photograph(seed, size=(96, 64)):
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def folder(tmp_path, pictures):
    place = tmp_path / "prints"
    for name, picture in pictures.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(place / name)
    return place


def test_sizes_modes_formats_classes_and_copies_are_known_without_opening_the_data(tmp_path, workspace):
    pictures = {f"sea/{seed}.png": photograph(seed, (96 + seed, 64)) for seed in range(4)}
    place = folder(tmp_path, pictures | {"land/a.jpg": photograph(9), "land/copy.png": photograph(0, (96, 64))})
    survey = Folder(path=str(place)).survey(workspace)
    assert (survey.count, survey.copies, survey.classes) == (6, 1, ("land", "sea"))
    assert (survey.pixels.widths.low, survey.pixels.widths.high) == (96, 99)
    assert survey.pixels.formats == Counter(PNG=5, JPEG=1)
    assert survey.pixels.modes == {"RGB": 6}
    assert (survey.pixels.channels, survey.pixels.pixel_art) == (3, False)
    assert not (workspace.cache / "samples").exists()


def test_pixel_art_is_known_by_the_originals_whatever_becomes_of_them(tmp_path, workspace):
    place = folder(tmp_path, {f"{seed}.png": sprite(seed, 48) for seed in range(5)})
    dataset = Folder(path=str(place), size="32")
    assert dataset.survey(workspace).pixels.pixel_art
    assert not Survey.of(dataset.open(workspace)).pixels.pixel_art


def test_a_number_of_bounded_pictures_is_looked_at_and_a_copy_is_found_among_all(tmp_path, workspace):
    place = folder(tmp_path, {f"{seed:03d}.png": photograph(seed, (16, 16)) for seed in range(300)})
    (place / "300.png").write_bytes((place / "299.png").read_bytes())
    survey = Folder(path=str(place)).survey(workspace)
    assert (survey.count, survey.copies) == (301, 1)
    assert survey.pixels.looked_at == 64
    assert sum(survey.pixels.modes.values()) == 256


def test_what_is_of_no_use_is_left_out_of_the_number(tmp_path, workspace):
    place = folder(tmp_path, {f"{seed}.png": photograph(seed) for seed in range(3)})
    (place / "bad.png").write_bytes(b"bad")
    (place / "work.psd").write_bytes(b"8BPS")
    survey = Folder(path=str(place)).survey(workspace)
    assert survey.count == 3
    assert {item.name for item in survey.left_out} == {"bad.png", "work.psd"}


def test_a_folder_that_holds_but_broken_pictures_has_none(tmp_path, workspace):
    (tmp_path / "a.png").write_bytes(b"")
    survey = Folder(path=str(tmp_path)).survey(workspace)
    assert (survey.count, survey.pixels) == (0, None)


@pytest.mark.parametrize("dataset", [Folder(), Folder(path="nowhere"), Lines(), Lines(path="nowhere")])
def test_a_dataset_that_is_not_there_fails_as_when_it_is_opened(dataset, workspace):
    with pytest.raises(UsageError) as surveyed:
        dataset.survey(workspace)
    with pytest.raises(UsageError) as opened:
        dataset.open(workspace)
    assert str(surveyed.value) == str(opened.value)


def test_a_folder_without_pictures_fails_as_when_it_is_opened(tmp_path, workspace):
    (tmp_path / "notes.odt").write_text("words")
    dataset = Folder(path=str(tmp_path))
    with pytest.raises(ArtganError) as surveyed:
        dataset.survey(workspace)
    with pytest.raises(ArtganError, match="holds no usable pictures") as opened:
        dataset.open(workspace)
    assert str(surveyed.value) == str(opened.value)


def test_pictures_that_are_to_be_grey_are_looked_at_in_grey(tmp_path, workspace):
    place = folder(tmp_path, {f"{seed}.png": photograph(seed) for seed in range(3)})
    assert Folder(path=str(place), channels="1").survey(workspace).pixels.grey
    assert not Folder(path=str(place)).survey(workspace).pixels.grey


def test_samples_of_a_folder_are_called_as_their_files(tmp_path, workspace):
    place = folder(tmp_path, {f"{seed}.png": photograph(seed) for seed in range(3)})
    (place / "1.png").write_bytes(b"bad")
    data = Folder(path=str(place)).open(workspace)
    assert list(data.names) == ["0.png", "2.png"]


def test_the_bundled_pictures(workspace):
    tiles, kanji = Tiles().survey(workspace), Calligraphy(size=32).survey(workspace)
    assert (tiles.count, tiles.classes, tiles.pixels.alpha) == (2246, ("item", "mon", "spell"), True)
    assert tiles.pixels.pixel_art
    assert (kanji.count, kanji.pixels.grey, kanji.pixels.pixel_art) == (2965, True, False)
    assert Tiles(part="spell").survey(workspace).count == 318


def test_the_bundled_texts(workspace):
    poems, names = Poems().survey(workspace), Names().survey(workspace)
    assert (poems.tokens.tokeniser, poems.tokens.script, poems.tokens.lengths.low) == ("line-of-5", "cjk", 10)
    assert poems.count + poems.held_out == 17_782
    assert (names.tokens.script, names.tokens.total) == ("latin", 15_682)
