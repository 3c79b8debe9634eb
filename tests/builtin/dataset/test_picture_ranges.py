"""Levels of more than 8 bits are brought to bytes by a range that all pictures of a folder share."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from support.prints import open_folder, paint, reasons

from artgan import UsageError
from artgan.builtin.dataset import Folder


def test_16_bits_keep_their_middle_levels(prints, workspace):
    Image.fromarray(np.full((64, 64), 128 * 257, np.uint16)).save(prints / "middle.png")
    data = open_folder(prints, workspace)
    assert data.spec.shape == (1, 64, 64)
    assert (data.samples == 128).all()


def test_levels_that_mean_nothing_are_left_out(prints, workspace):
    paint(prints / "good.png")
    Image.fromarray(np.full((64, 64), 7.5, np.float32)).save(prints / "float.tif")
    Image.fromarray(np.full((64, 64), np.nan, np.float32)).save(prints / "nan.tif")
    assert reasons(open_folder(prints, workspace)) == {
        "float.tif": "its levels lie outside 0 to 1: say what they are with range=LOW..HIGH",
        "nan.tif": "some of its levels are no numbers",
    }


RAMP = np.linspace(0, 1, 64 * 64).reshape(64, 64)


def png_of(levels: np.ndarray) -> bytes:
    """Return a PNG of 16 bits with colours, (H, W, 3), or colours and transparency, (H, W, 4)."""
    height, width, channels = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("name", "kind", "dtype", "high"),
    [
        ("8-in-16.png", "16-bit", np.uint16, 255),
        ("10-in-16.png", "16-bit", np.uint16, 1023),
        ("12-in-16.png", "16-bit", np.uint16, 4095),
        ("12-in-16.tif", "16-bit", np.uint16, 4095),
        ("16.png", "16-bit", np.uint16, 65535),
        ("8-in-32.tif", "32-bit", np.int32, 255),
        ("16-in-32.tif", "32-bit", np.int32, 65535),
        ("ones.tif", "float", np.float32, 1),
        ("bytes.tif", "float", np.float32, 255),
        ("sixteen.tif", "float", np.float32, 65535),
    ],
)
def test_the_range_of_levels_is_judged_over_the_folder_and_said(name, kind, dtype, high, prints, workspace):
    paint(prints / "1.png")
    Image.fromarray((RAMP * high).astype(dtype)).save(prints / name)
    Image.fromarray((RAMP * high / 2).astype(dtype)).save(prints / f"dark-{name}")
    data = open_folder(prints, workspace, channels="1")
    samples = dict(zip(data.names, data.samples[:, 0], strict=True))
    assert np.abs(samples[name] - RAMP * 255).max() < 2
    assert np.abs(samples[f"dark-{name}"] - RAMP * 127.5).max() < 2  # as dark as it is beside the other
    assert data.notes[0].startswith(f"{kind} levels run from 0 to {high:,}, judged over 2 of the pictures")
    assert Folder(path=str(prints)).survey(workspace).pixels.flat < 0.6


@pytest.mark.parametrize("high", [255, 4095, 65535])
@pytest.mark.parametrize("alpha", [False, True])
def test_colours_of_16_bits_keep_all_that_they_use(prints, workspace, high, alpha):
    bands = [RAMP * high, RAMP.T * high, RAMP[::-1] * high] + [np.full((64, 64), high)] * alpha
    (prints / "colours.png").write_bytes(png_of(np.stack(bands, -1)))
    data = open_folder(prints, workspace, channels="4")
    assert np.abs(data.samples[0, :3] - np.stack([RAMP, RAMP.T, RAMP[::-1]]) * 255).max() < 2
    assert (data.samples[0, 3] == 255).all()
    assert len(np.unique(data.samples[0, 0])) > 200


def test_a_range_that_is_given_overrides_and_cuts_off(prints, workspace):
    Image.fromarray((RAMP * 4095).astype(np.uint16)).save(prints / "1.png")
    judged = open_folder(prints, workspace)
    window = open_folder(prints, workspace, range="1000..2000")
    assert np.abs(window.samples[0, 0] - ((RAMP * 4095 - 1000) / 1000 * 255).clip(0, 255)).max() < 2
    assert window.notes == ()
    assert window.fingerprint != judged.fingerprint
    with pytest.raises(UsageError, match=r"neither auto nor LOW\.\.HIGH"):
        Folder.configure({"range": "4095"})


def test_levels_below_zero_are_told_with_what_to_type(prints, workspace):
    paint(prints / "1.png")
    Image.fromarray((RAMP * 4000 - 1000).astype(np.int32)).save(prints / "scan.tif")
    assert "range=LOW..HIGH" in reasons(open_folder(prints, workspace))["scan.tif"]
    assert len(open_folder(prints, workspace, range="-1000..3000")) == 2


def test_a_few_bright_pictures_among_dark_ones_are_told_of(prints, workspace):
    for number in range(20):
        level = 60_000 if number == 7 else 4_000
        Image.fromarray(np.full((8, 8), level, np.uint16)).save(prints / f"{number}.png")
    assert "all but 1 of them stay within 0 to 4,095" in open_folder(prints, workspace).notes[0]
