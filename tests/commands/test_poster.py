"""`artgan poster`: works on one sheet of paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PdfParser import PdfParser

from artgan.builtin.modality.image import ImageModality
from artgan.gallery.poster import fonts
from artgan.gallery.poster.fonts import lettering
from artgan.gallery.poster.typesetter import BELOW, LARGEST, LEADING, SMALLEST, as_pictures

HAN = "漢字 by hand"


def test_a_poster_is_a_sheet_of_a3_as_pdf_and_png_and_is_marked(hung, tmp_path):
    made = hung("poster", "bars", "-n", 12, "--out", "poster.pdf")
    assert made.out.split() == ["poster.pdf", "poster.png"]
    assert (tmp_path / "poster.pdf").read_bytes().startswith(b"%PDF")
    with Image.open(tmp_path / "poster.png") as sheet:
        assert sheet.size == (3508, 4961)
        assert round(sheet.info["dpi"][0]) == 300
        assert "trainedAlgorithmicMedia" in sheet.info["Source"]
        assert "trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>" in sheet.info["XML:com.adobe.xmp"]
    with PdfParser(tmp_path / "poster.pdf") as pdf:
        told = {name: getattr(pdf.info, name) for name in ("Title", "Subject", "Keywords", "Creator")}
    assert told["Title"] == "Some data"
    assert told["Subject"].startswith("AI-generated with artgan")
    assert told["Keywords"].endswith("trainedAlgorithmicMedia")


def test_works_may_be_chosen_one_by_one(hung, tmp_path):
    made = hung("poster", "bars", "--seeds", "3,8,21", "--columns", 3).out.split()
    assert [Path(file).name for file in made] == ["poster-3-8-21.pdf", "poster-3-8-21.png"]
    for seed in (3, 8, 21):
        hung("sample", "bars", "--seed", seed, "-n", 1, "--out", "own")
    with Image.open(made[1]) as sheet:
        shown = np.array(sheet.convert("L"))[600:1500]
    for seed, part in zip((3, 8, 21), np.array_split(shown[:, 260:-260], 3, axis=1), strict=True):
        with Image.open(f"own/seed-{seed:08d}.png") as work:
            assert set(np.unique(np.array(work))) <= set(np.unique(part))


def test_a_run_of_what_cannot_be_put_on_paper_is_refused(hung, monkeypatch):
    monkeypatch.setattr(ImageModality, "picture", lambda self, sample: None)
    refused = hung("poster", "bars")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "cannot be put on paper" in refused.err


class TestTexts:
    """Works in words are set in type."""

    @staticmethod
    def ink(picture):
        """Return where a picture is dark: the rows and columns of its middle, as shares of it."""
        rows, columns = np.nonzero(np.array(picture) < 128)
        return rows.mean() / picture.height, columns.mean() / picture.width

    def test_stand_line_under_line(self):
        (first, second), left_out = as_pictures(["oo\n", "\noo"], vertical=False)
        assert left_out == ""
        assert first.size == second.size
        assert self.ink(first)[0] + 0.3 < self.ink(second)[0]

    def test_from_top_to_bottom_begin_at_the_right(self):
        (first, second), _ = as_pictures(["oo\n", "\noo"], vertical=True)
        assert self.ink(second)[1] < 0.4
        assert self.ink(first)[1] > 0.6
        dark = np.array(first) < 128
        assert dark.any(1).sum() > 1.5 * dark.any(0).sum()  # one sign under the other

    def test_that_are_long_are_set_smaller_and_broken(self):
        (short,), _ = as_pictures(["word"], vertical=False)
        (long,), _ = as_pictures(["word " * 20_000], vertical=False)
        assert long.width * long.height < 3 * 2**26
        assert long.height > 10 * short.height
        many, _ = as_pictures(["word " * 400] * 20, vertical=False)
        assert sum(picture.width * picture.height for picture in many) < 3 * 2**26

    def test_are_set_in_characters_of_eight_to_160_dots(self):
        (short,), _ = as_pictures(["word"], vertical=False)
        assert short.height == round((LEADING + BELOW) * LARGEST)
        many, _ = as_pictures(["m" * 40 + "\n" * 160, *[""] * 99], vertical=False)
        assert {picture.height for picture in many} == {round((161 * LEADING + BELOW) * SMALLEST)}

    @pytest.mark.parametrize("vertical", [False, True])
    def test_of_fewer_lines_than_others_do_not_cut_these(self, vertical):
        pictures, _ = as_pictures(["o", "o\no\no"], vertical=vertical)
        one, three = ((np.array(picture) < 128).sum() for picture in pictures)
        assert three == 3 * one

    @pytest.mark.parametrize("vertical", [False, True])
    def test_may_have_longer_lines_than_the_first(self, vertical):
        (equal, longer), _ = as_pictures(["o\no", "o\nooo"], vertical=vertical)
        assert (np.array(longer) < 128).sum() == 2 * (np.array(equal) < 128).sum()

    def test_show_the_whole_of_their_first_sign(self):
        (one, two), _ = as_pictures(["o", "oo"], vertical=True)
        assert (np.array(two) < 128).sum() == 2 * (np.array(one) < 128).sum()
        assert np.array(one)[0].min() == 255

    @pytest.mark.parametrize(("written", "read"), [("o\x07o", "oo"), ("e\u0301", "é")])
    def test_are_set_as_they_are_read(self, written, read):
        (one, other), left_out = as_pictures([written, read], vertical=True)
        assert left_out == ""
        assert one.tobytes() == other.tobytes()

    @pytest.mark.parametrize(("lang", "region"), [("", "TC"), ("zh-Hant", "TC"), ("zh-Hans", "SC"), ("ja", "JP")])
    def test_have_the_forms_of_their_language(self, monkeypatch, lang, region):
        families = []

        def candidates(line, family):
            families.append(family)
            return iter(())

        monkeypatch.setattr(fonts, "_candidates", candidates)
        as_pictures(["漢"], vertical=True, lang=lang)
        assert [family.split(",")[0] for family in families] == [f"Noto Serif CJK {region}"]

    def test_have_a_gap_for_what_no_font_has_and_it_is_told(self, monkeypatch):
        monkeypatch.setattr(fonts, "_candidates", lambda line, family: iter(()))
        (with_gap, without), left_out = as_pictures(["o漢o", "o o"], vertical=True)
        assert left_out == "漢"
        assert with_gap.tobytes() == without.tobytes()

    def test_of_nothing_leave_their_place_empty(self):
        (nothing,), _ = as_pictures([""], vertical=True)
        assert np.array(nothing).min() == 255


class TestTitle:
    def test_in_plain_letters_is_drawn_whole_without_looking_for_fonts(self, monkeypatch):
        monkeypatch.setattr(fonts, "_candidates", None)
        title = lettering("Prints  from\n2\x07", 110, 3000, smallest=50)
        assert (title.text, title.font.size, title.left_out) == ("Prints from 2", 110, "")

    @pytest.mark.parametrize("text", ["Été à Čeština", "Зима", "أثر", HAN])
    def test_in_another_script_is_drawn_in_a_font_that_has_it(self, text):
        title = lettering(text, 110, 3000, smallest=50)
        if title.left_out:
            pytest.skip("no font here has these characters")
        assert title.text == text
        looks = [bytes(title.font.getmask(sign)) for sign in {*text, "\U0010ffff"}]
        assert len(set(looks)) == len(looks)

    def test_that_no_font_draws_is_left_out_and_told(self, hung, monkeypatch):
        monkeypatch.setattr(fonts, "_candidates", lambda text, family: iter([("nowhere.ttf", 0), (__file__, 0)]))
        title = lettering(HAN, 110, 3000, smallest=50)
        assert (title.text, title.left_out) == ("by hand", "字漢")
        done = hung("poster", "bars", "-n", 1, "--title", HAN, "--out", "poster.pdf")
        assert done.code == 0
        assert lettering("हिन्दी", 110, 3000, smallest=50).text == ""
        assert "no font on this machine draws '字漢'" in done.err
        assert lettering("漢字", 110, 3000, smallest=50).text == ""

    def test_that_is_long_is_made_smaller_and_then_cut(self):
        assert 50 <= lettering("m" * 40, 110, 3000, smallest=50).font.size < 110
        title = lettering("m" * 400, 110, 3000, smallest=50)
        assert title.font.size == 50
        assert title.text.endswith("m…")
        assert title.font.getlength(title.text) <= 3000

    def test_is_looked_for_in_folders_where_there_is_no_fontconfig(self, monkeypatch, tmp_path):
        monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
        monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path])
        for name in ("b.TTF", "a.otf", "notes.txt"):
            (tmp_path / name).touch()
        assert list(fonts._candidates("x")) == [(str(tmp_path / "a.otf"), 0), (str(tmp_path / "b.TTF"), 0)]


def test_pixel_art_keeps_its_edges(hung, tmp_path):
    hung("sample", "bars", "--seed", 5, "-n", 1, "--out", "own")
    hung("poster", "bars", "--seed", 5, "-n", 1, "--out", "poster.pdf")
    with Image.open("own/seed-00000005.png") as work, Image.open("poster.png") as sheet:
        small, large = np.array(work), np.array(sheet.convert("L"))
    across = large.shape[1] - 2 * 260
    blocks = {tuple(row) for row in small.tolist()}
    middle = large[large.shape[0] // 3, 260 : 260 + across]
    assert set(middle.tolist()) - {255} <= {value for row in blocks for value in row}


def test_every_number_of_works_and_columns_fits_the_sheet(registry):
    from artgan.gallery.poster.sheet import FOOT, HEAD, HEIGHT, MARGIN, WIDTH, Poster

    for shape in ((1, 8, 8), (3, 16, 64), (4, 64, 16)):
        for count in (1, 2, 7, 48, 300):
            for columns in (None, 1, 5):
                poster = Poster(
                    [ImageModality().picture(np.zeros(shape, np.uint8))] * count,
                    range(count),
                    None,
                    title="",
                    columns=columns,
                )
                wide, high = poster._cell(poster.columns)
                assert (poster.columns - 1) * wide + poster._size(wide)[0] <= WIDTH - 2 * MARGIN + 1
                assert -(-count // poster.columns) * high <= HEIGHT - 2 * MARGIN - HEAD - FOOT


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--out", "poster.jpg"), "must end in .pdf"),
        (("-n", "0"), "0"),
        (("--seeds", "3,8", "-n", "2"), "leave out --seed and --count"),
        (("--seeds", "3,8", "--seed", "0"), "leave out --seed and --count"),
        (("--seeds", "3,x"), "no list of seeds"),
        (("--seeds", ",".join(["1"] * 1001)), "at most 1,000"),
    ],
)
def test_says_in_one_line_what_is_wrong(hung, arguments, reason):
    refused = hung("poster", "bars", *arguments)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert reason in refused.err
