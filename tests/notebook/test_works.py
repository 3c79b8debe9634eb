"""Works, sheets and walks: what they hold, how they are saved, and what a notebook shows of them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.ai_mark import DIGITAL_SOURCE_TYPE
from artgan.artworks.model import Model
from artgan.artworks.work import read_work, remake
from artgan.builtin.constraint import BeginsWith
from artgan.builtin.modality.text import TextModality
from artgan.errors import UsageError
from artgan.plugins.loader import load_plugins

ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model.save(tmp_path / "model.safetensors")
    return artgan.load("model.safetensors")


@pytest.fixture(scope="module")
def poems():
    return artgan.load(ROOT / "gallery/poems")


def shown(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


class TestWork:
    def test_is_a_picture_with_its_record(self, opened):
        work = opened.sample(7, truncation=0.8)
        assert np.array_equal(np.asarray(work.image), work.array[0])
        assert work.text is None
        assert (work.record["seed"], work.record["truncation"]) == (7, 0.8)
        assert "seed-00000007-psi-0.8.png, 1×8×8" in repr(work)

    def test_is_saved_under_a_name_or_into_a_folder(self, opened, tmp_path):
        work = opened.sample(7)
        assert work.save("new/seven.png") == Path("new/seven.png")
        assert work.save("new") == Path("new/seed-00000007.png")
        assert artgan.load("new/seven.png").sample(7).record == work.record

    @pytest.mark.parametrize("name", ["seven.jpg", "nowhere", "seven.PNG.txt"])
    def test_is_not_saved_as_what_it_is_not(self, opened, name, tmp_path):
        with pytest.raises(UsageError, match=r"must end in \.png, or be a folder"):
            opened.sample(7).save(name)
        assert not (tmp_path / name).exists()

    def test_is_shown_enlarged_with_hard_edges_and_marked(self, opened):
        work = opened.sample(7)
        picture = shown(work._repr_png_())
        assert picture.size == (128, 128)
        assert np.array_equal(np.asarray(picture.convert("L"))[::16, ::16], work.array[0])
        assert DIGITAL_SOURCE_TYPE in picture.info["XML:com.adobe.xmp"]
        assert work._repr_html_() is None

    def test_of_text_is_held_to_a_constraint_that_is_given_by_its_name_or_itself(self, poems, tmp_path):
        named = "begins-with:words=空山"
        works = [poems.sample(5, sampling={"constraint": asked}) for asked in (named, BeginsWith("空山"))]
        works += poems.sheet([5], sampling={"constraint": named}).works
        for work in works:
            assert work.text.startswith("空山")
            assert work.record["sampling"]["constraint"] == named
            assert np.array_equal(work.array, works[0].array)
        assert "constraint" not in poems.sample(5).record["sampling"], "the model stays as it is"

        saved = read_work(works[0].save(tmp_path), TextModality())
        model = Model.load(poems.path, load_plugins().registry)
        assert np.array_equal(remake(saved, model).sample, saved.sample)

    @pytest.mark.parametrize(
        ("constraint", "told"),
        [
            ("begins-wth", "did you mean 'begins-with'"),
            (BeginsWith("Q"), "the prompt has 'Q', which this model cannot"),
        ],
    )
    def test_a_constraint_that_cannot_be_kept_to_is_refused(self, poems, opened, constraint, told):
        with pytest.raises(UsageError, match=told):
            poems.sample(5, sampling={"constraint": constraint})
        with pytest.raises(UsageError, match="constraint cannot be chosen in sampling generator cnn"):
            opened.sample(5, sampling={"constraint": constraint})

    def test_is_shown_as_its_text_is_set(self, poems):
        work = poems.sample(5)
        assert work._repr_png_() is None
        assert work.image is None
        html = work._repr_html_()
        assert str(work.text) in html
        assert 'lang="zh-Hant"' in html
        assert "writing-mode: vertical-rl" in html


def test_what_a_text_says_is_no_markup(poems, monkeypatch):
    monkeypatch.setattr(type(poems.sample(5).model.modality), "to_text", lambda self, samples: ["<script>"])
    assert "&lt;script&gt;" in poems.sample(5)._repr_html_()


class TestSheet:
    def test_is_shown_as_it_is_saved_but_enlarged(self, opened):
        sheet = opened.sheet(range(3), columns=2)
        assert shown(sheet._repr_png_()).size == (2 * 128 + 8, 2 * 128 + 8)
        with Image.open(sheet.save("three.webp")) as saved:
            assert saved.size == (2 * 8 + 2, 2 * 8 + 2)
        assert sheet.save(".") == Path("sheet-seed-00000000-3.png")

    def test_of_texts_shows_each(self, poems):
        sheet = poems.sheet([1, 2])
        assert all(str(work.text) in sheet._repr_html_() for work in sheet)


class TestWalk:
    def test_is_saved_with_its_record(self, opened):
        walk = opened.walk([3, 8], frames=4, loop=True)
        file = walk.save("walk.webp")
        assert len(walk) == len(list(walk)) == 4
        assert artgan.api.about(file) == walk.record

    def test_is_not_saved_as_what_does_not_move(self, opened):
        with pytest.raises(UsageError, match=r"must end in \.webp or"):
            opened.walk([3, 8]).save("walk.jpg")

    def test_moves_in_a_notebook(self, opened):
        html = opened.walk([3, 8], frames=2)._repr_html_()
        assert html.startswith('<img src="data:image/webp;base64,')

    def test_through_texts_shows_them(self, poems):
        walk = poems.walk([1, 2], frames=2)
        assert str(poems.sample(1).text) in walk._repr_html_()


def test_a_projected_picture_is_shown_to_the_left_of_its_work(opened):
    found = opened.project(np.full((1, 8, 8), 90, np.uint8), steps=1, starts=1)
    assert shown(found._repr_png_()).size == (2 * 128 + 8, 128)
    assert found.save("found.png").is_file()
