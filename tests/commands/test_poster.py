"""`artgan poster`: works on one sheet of paper."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

SIZE = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")


@pytest.fixture
def trained(artgan, pictures):
    assert artgan("run", pictures, *SIZE, "--steps", "2", "--batch", "16", "--name", "bars", "--quiet").code == 0
    return artgan


def test_a_poster_is_a_sheet_of_a3_as_pdf_and_png_and_is_marked(trained, tmp_path):
    made = trained("poster", "bars", "-n", 12, "--out", "poster.pdf")
    assert made.out.split() == ["poster.pdf", "poster.png"]
    assert (tmp_path / "poster.pdf").read_bytes().startswith(b"%PDF")
    with Image.open(tmp_path / "poster.png") as sheet:
        assert sheet.size == (3508, 4961)
        assert round(sheet.info["dpi"][0]) == 300
        assert "trainedAlgorithmicMedia" in sheet.info["Source"]


def test_pixel_art_keeps_its_edges(trained, tmp_path):
    trained("sample", "bars", "--seed", 5, "-n", 1, "--out", "own")
    trained("poster", "bars", "--seed", 5, "-n", 1, "--out", "poster.pdf")
    with Image.open("own/seed-00000005.png") as work, Image.open("poster.png") as sheet:
        small, large = np.array(work), np.array(sheet.convert("L"))
    across = large.shape[1] - 2 * 260
    blocks = {tuple(row) for row in small.tolist()}
    middle = large[large.shape[0] // 3, 260 : 260 + across]
    assert set(middle.tolist()) - {255} <= {value for row in blocks for value in row}


def test_every_number_of_works_and_columns_fits_the_sheet(registry):
    from artgan.gallery.poster import FOOT, HEAD, HEIGHT, MARGIN, WIDTH, Poster

    for shape in ((1, 8, 8), (3, 16, 64), (4, 64, 16)):
        for count in (1, 2, 7, 48, 300):
            for columns in (None, 1, 5):
                poster = Poster([np.zeros(shape, np.uint8)] * count, range(count), None, title="", columns=columns)
                wide, high = poster._cell(poster.columns)
                assert (poster.columns - 1) * wide + poster._size(wide)[0] <= WIDTH - 2 * MARGIN + 1
                assert -(-count // poster.columns) * high <= HEIGHT - 2 * MARGIN - HEAD - FOOT


@pytest.mark.parametrize(("arguments", "reason"), [(("--out", "poster.jpg"), "must end in .pdf"), (("-n", "0"), "0")])
def test_says_in_one_line_what_is_wrong(trained, arguments, reason):
    refused = trained("poster", "bars", *arguments)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert reason in refused.err
