"""Turns the bytes of one picture, of any format and mode, into pixels of one shape."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from artgan import one_line

from .picture_layout import Layout
from .picture_levels import COLOURS, FULL, FULL_RANGES, Ranges, Span, kind_of, levels_of, span_of
from .picture_list import FORMATS_IN_WORDS, UnreadableError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "AVIF")
"""What Pillow may try; every other decoder stays shut to files that come from anywhere."""
MAX_PIXELS = 2**26
"""The largest picture that is decoded, in pixels: 8,192 x 8,192."""
MIN_SIDE = 8
"""The shorter side, in pixels, below which a picture is left out."""

LONGEST_COMMENTS = 2**16
"""Bytes in which the header of a PPM has to say how large it is."""

_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Look:
    """What the header of a picture tells: sizes as seen by a person, after turning upright.

    Attributes:
        width: in pixels.
        height: in pixels.
        mode: as Pillow calls it.
        format: likewise.
        deep: what its levels are besides bytes, as `picture_levels` calls it.
    """

    width: int
    height: int
    mode: str
    format: str
    deep: str = ""


def decode(data: bytes, layout: Layout, ranges: Ranges = FULL_RANGES) -> NDArray[np.uint8]:
    """Return a picture as uint8 (C, H, W).

    It is turned upright by its EXIF orientation; of an animation the first frame is taken; levels of more than 8 bits
    are scaled from their range. Colours that cannot be seen, under full transparency, are the layout's background.

    Args:
        data: the file.
        layout: the shape wanted, with size and channels settled.
        ranges: what levels of more than 8 bits run from and to.

    Raises:
        UnreadableError: with the reason.
    """
    assert layout.size
    assert layout.channels
    with open_picture(BytesIO(data)) as image:
        height, width = reversed(layout.size) if _sideways(image) else layout.size
        image = load(image, (2 * width, 2 * height), ranges)
        return _pixels(_fitted(image, layout), layout.channels, layout.background)


def look(file: BinaryIO) -> Look:
    """Return what the header of a picture tells, without decoding it.

    Raises:
        UnreadableError: with the reason.
    """
    with open_picture(file) as image:
        return look_at(image)


def look_at(image: Image.Image) -> Look:
    """Return what the header of an opened, undecoded picture tells."""
    width, height = reversed(image.size) if _sideways(image) else image.size
    return Look(width, height, image.mode, image.format or "", kind_of(image))


def is_grey(file: BinaryIO) -> bool:
    """Return whether a picture has no colours, whatever its mode; decodes it where the mode does not tell.

    Raises:
        UnreadableError: with the reason.
    """
    with open_picture(file) as image:
        if image.mode[0] in "1LIF" and image.mode != "LAB":
            return True
        pixels = np.asarray(load(image, (64, 64)).convert("RGBA"))
        return bool(((pixels[..., :1] == pixels[..., 1:3]).all(axis=-1) | (pixels[..., 3] == 0)).all())


@contextmanager
def open_picture(file: BinaryIO) -> Iterator[Image.Image]:
    """Open a picture of an allowed format and bounded size; decoding errors inside the block become `UnreadableError`.

    Raises:
        UnreadableError: with the reason.
    """
    try:
        _check_comments(file)
        with Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise UnreadableError(f"{width} x {height} pixels are too many (a decompression bomb?)")
            if min(width, height) < MIN_SIDE:
                raise UnreadableError(f"{width} x {height} pixels are too few")

            yield image
    except UnreadableError:
        raise
    except UnidentifiedImageError:
        raise UnreadableError(f"is empty, damaged, or not {FORMATS_IN_WORDS}") from None
    except Image.DecompressionBombError:
        raise UnreadableError("has too many pixels (a decompression bomb?)") from None
    except Exception as error:  # decoders raise of everything on damaged files
        raise UnreadableError(f"cannot be decoded ({one_line(error)})") from None


def _check_comments(file: BinaryIO) -> None:
    """Refuse a PPM with comments so long that Pillow, which reads them byte by byte, would take minutes."""
    head = file.read(LONGEST_COMMENTS)
    file.seek(0)
    if len(head) == LONGEST_COMMENTS and head.startswith(b"P") and len(re.sub(rb"#[^\r\n]*", b"", head).split()) < 3:
        raise UnreadableError("its comments have no end")


def span(data: bytes) -> Span | None:
    """Return the lowest and the highest level of a picture of more than 8 bits; None where it cannot be decoded."""
    try:
        with open_picture(BytesIO(data)) as image:
            return span_of(image)
    except UnreadableError:
        return None


def load(image: Image.Image, enough: tuple[int, int], ranges: Ranges = FULL_RANGES) -> Image.Image:
    """Decode an opened picture: upright, 8 bits, in mode L, LA, RGB or RGBA.

    Args:
        image: as opened.
        enough: a JPEG is decoded at a fraction of its size that still covers this (width, height).
        ranges: what levels of more than 8 bits run from and to.
    """
    image.draft(None, enough)
    kind = kind_of(image)
    scaled = bool(kind) and (image.mode not in COLOURS or ranges.of(kind) != FULL[kind])
    levels = levels_of(image) if scaled else None
    image.load()
    turn = _TURNS.get(_orientation(image))
    image = _eight_bits(image) if levels is None else _scaled(image, levels, kind, ranges)
    return image.transpose(turn) if turn is not None else image


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """Silence decoders' warnings on odd files, which are judged here; wrap all threads in one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF says nothing
        return 1


def _sideways(image: Image.Image) -> bool:
    """Return whether the size of an opened, undecoded picture is that of the picture lying on its side."""
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return False  # Pillow turns TIFF by itself, and would decode a whole PNG in search of EXIF
    return _orientation(image) in _SIDEWAYS


def _eight_bits(image: Image.Image) -> Image.Image:
    alpha = "A" if image.has_transparency_data else ""
    if image.mode in ("La", "RGBa"):
        return image.convert(image.mode.upper())
    mode = ("L" if image.mode in ("1", "L", "LA") else "RGB") + alpha
    return image if image.mode == mode else image.convert(mode)


def _scaled(image: Image.Image, levels: NDArray[Any], kind: str, ranges: Ranges) -> Image.Image:
    """Return a decoded picture of the levels that it has, brought to bytes; its transparency stays."""
    eight = Image.fromarray(ranges.bytes_of(levels[..., :3] if levels.ndim > 2 else levels, kind))
    clear = image.info.get("transparency")
    if image.mode == "RGBA":
        alpha, high = levels[..., 3], ranges.of(kind)[1]
        opaque = high if alpha.max() <= high else FULL[kind][1]  # as files have it whose colours use a part of 16 bits
        eight.putalpha(Image.fromarray((alpha * (255 / opaque) + 0.5).astype(np.uint8)))
    elif isinstance(clear, int):
        eight.putalpha(Image.fromarray(np.where(levels == clear, 0, 255).astype(np.uint8)))
    return eight


def _fitted(image: Image.Image, layout: Layout) -> Image.Image:
    assert layout.size
    (height, width), (wide, high) = layout.size, image.size
    lanczos = Image.Resampling.LANCZOS

    if layout.fit == "stretch":
        return image.resize((width, height), lanczos, reducing_gap=3)
    if layout.fit == "crop":
        scale = min(wide / width, high / height)
        left, top = (wide - width * scale) / 2, (high - height * scale) / 2
        box = (max(0, left), max(0, top), min(wide, left + width * scale), min(high, top + height * scale))
        return image.resize((width, height), lanczos, box, reducing_gap=3)

    scale = min(width / wide, height / high)
    inside = (max(1, round(wide * scale)), max(1, round(high * scale)))
    canvas = Image.new("RGBA", (width, height), (*layout.background, 0))
    offset = ((width - inside[0]) // 2, (height - inside[1]) // 2)
    canvas.paste(image.resize(inside, lanczos, reducing_gap=3).convert("RGBA"), offset)
    return canvas


def _pixels(image: Image.Image, channels: int, background: tuple[int, int, int]) -> NDArray[np.uint8]:
    grey = channels <= 2
    if "A" in image.getbands():
        alpha = image.getchannel("A")
        seen = Image.new("RGB", image.size, background)
        solid = image.convert("RGBA").convert("RGB")
        # With an alpha channel wanted, colours stay as they are wherever anything of them shows.
        seen.paste(solid, mask=alpha if channels in (1, 3) else alpha.point([0] + [255] * 255))
    else:
        alpha, seen = Image.new("L", image.size, 255), image
    bands = [*seen.convert("L" if grey else "RGB").split(), *([alpha] if channels in (2, 4) else [])]
    return np.stack([np.asarray(band) for band in bands])
