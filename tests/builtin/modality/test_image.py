"""Pictures carry their record and their mark, and damaged ones are refused."""

import json
from contextlib import suppress
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from artgan.builtin.modality.image import LARGEST_RECORD, ImageModality
from artgan.errors import ArtganError
from artgan.testing import check_modality

image = ImageModality()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_it_conforms_with_any_number_of_channels(channels):
    made = np.random.default_rng(0).integers(0, 256, (5, channels, 9, 7), dtype=np.uint8)
    check_modality(ImageModality, samples=[made])


shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**64) | st.floats(allow_nan=False, allow_infinity=False) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(names, values, max_size=5)
pictures = st.integers(1, 4).flatmap(
    lambda channels: arrays(np.uint8, st.tuples(st.just(channels), st.integers(1, 9), st.integers(1, 9)))
)


def save_png(path, text, chunk="artgan", size=(2, 2), mode="L"):
    info = PngInfo()
    info.add_itxt(chunk, text, zip=True)
    Image.new(mode, size).save(path, pnginfo=info)


def test_all_levels_survive_the_way_to_the_network_and_back():
    levels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    samples = image.to_float(levels)
    assert samples.dtype == torch.float32
    assert (samples.min(), samples.max()) == (-1, 1)
    assert torch.equal(image.to_compact(samples), levels)


def test_samples_are_rounded_to_the_nearest_level_and_clamped():
    samples = torch.tensor([-3.0, -1 + 0.51 / 127.5, 0.1, 1.7], dtype=torch.float64)
    assert image.to_compact(samples).tolist() == [0, 1, 140, 255]
    assert samples[0] == -3, "the caller's samples stay as they are"


@shared_folder
@given(pictures, records)
def test_what_was_written_is_read_back(tmp_path, picture, record):
    path = tmp_path / "work.png"
    image.write(path, picture, record)
    pixels, back = image.read(path)
    assert np.array_equal(pixels, picture)
    assert back == record
    assert json.loads((tmp_path / "work.json").read_text(encoding="utf-8")) == record


def test_a_picture_is_marked_as_made_by_a_trained_algorithm(tmp_path):
    image.write(tmp_path / "work.png", np.zeros((3, 2, 2), np.uint8), {})
    image.write_sheet(tmp_path / "sheet.png", np.zeros((3, 3, 2, 2), np.uint8), columns=2)
    for name in ("work.png", "sheet.png"):
        with Image.open(tmp_path / name) as picture:
            xmp = ElementTree.fromstring(picture.info["xmp"].split(b"?>", 1)[1].rsplit(b"<?", 1)[0])
            source = xmp.find(".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
            assert source.text == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def test_a_failed_write_leaves_the_old_picture_and_nothing_else(tmp_path):
    path = tmp_path / "work.png"
    image.write(path, np.zeros((1, 2, 2), np.uint8), {})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        image.write(path, np.zeros((5, 2, 2), np.uint8), {})
    assert path.read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["work.json", "work.png"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[1, 2]", "not a table"),
        ('{"seed": NaN}', "NaN is not a number"),
        ("[" * 100_000, "recursion"),
        ('{"seed": ' + "9" * 5000 + "}", "digits"),
        ('{"title": "' + "x" * LARGEST_RECORD + '"}', "too long"),
        ('{"title": "' + "x" * 2**21 + '"}', "large|too long"),
    ],
)
def test_a_hostile_record_is_refused(tmp_path, text, reason):
    save_png(tmp_path / "work.png", text)
    with pytest.raises(ArtganError, match=f"not an artwork.*({reason})"):
        image.read(tmp_path / "work.png")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"chunk": "other"}, "no record"),
        ({"size": (2**13 + 1, 2**13)}, "too many"),
        ({"size": (10_000, 10_000)}, "exceeds"),
        ({"mode": "P"}, "mode P"),
        ({"mode": "1"}, "mode 1"),
    ],
)
def test_a_picture_that_artgan_did_not_write_is_refused(tmp_path, how, reason):
    save_png(tmp_path / "work.png", "{}", **how)
    with pytest.raises(ArtganError, match=f"not an artwork.*({reason})"):
        image.read(tmp_path / "work.png")


def test_a_missing_picture_is_said_to_be_missing(tmp_path):
    with pytest.raises(ArtganError, match="does not exist"):
        image.read(tmp_path / "work.png")


@shared_folder
@given(st.data())
def test_a_damaged_picture_is_read_or_refused_but_never_crashes(tmp_path, data):
    path = tmp_path / "work.png"
    image.write(path, np.arange(48, dtype=np.uint8).reshape(3, 4, 4), {"seed": 1})
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(place, len(content)))])
    with suppress(ArtganError):
        assert isinstance(image.read(path)[1], dict)


def test_a_sheet_shows_the_pictures_row_by_row_on_a_transparent_ground(tmp_path):
    samples = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((5, 1, 3, 4), np.uint8)
    image.write_sheet(tmp_path / "sheet.png", samples, columns=3)
    with Image.open(tmp_path / "sheet.png") as picture:
        assert (picture.mode, picture.size) == ("LA", (3 * 4 + 2 * 2, 2 * 3 + 2))
        assert [picture.getpixel((x, y)) for x, y in [(0, 0), (6, 0), (12, 0), (0, 5), (6, 5)]] == [
            (level, 255) for level in range(5)
        ]
        assert picture.getpixel((4, 0)) == (0, 0), "the gutter"
        assert picture.getpixel((15, 7)) == (0, 0), "the place that stays empty"


def test_a_figure_escapes_both_its_arguments(tmp_path):
    html = image.figure(tmp_path, '"><script>alert(1)</script>', '" onerror="alert(1)')
    assert html.count("<") == html.count(">") == 1
    assert html.count('"') == 8
