"""Animated PNG and GIF written frame by frame, and what PNG, GIF and WebP say of themselves, read without decoding.

Pillow keeps all frames of a PNG or GIF until the last has come. Here it compresses each picture alone, and what it made
is put into the next place of the file: APNG 1.0 (W3C, PNG third edition, section 11.3.4) and GIF89a (CompuServe 1990),
whose XMP stands in an application extension (XMP specification part 3, section 1.1.2).

Files that are read may come from anybody: nothing is decoded, no more is read than is asked for, and every length is
checked against a limit.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from PIL.Image import Image

LARGEST_TEXT = 2**18
"""Bytes that a file may say of itself."""
MOST_BLOCKS = 200_000
"""Of a file, before reading ends: a walk of 100,000 frames has fewer."""

_PNG = b"\x89PNG\r\n\x1a\n"
_NETSCAPE = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_XMP = b"XMP DataXMP"
_TRAILER = bytes([1, *range(255, -1, -1), 0])
"""Leads whoever skips XMP block by block to its end, wherever the skipping falls into it."""

_EXTENSION, _PICTURE, _CONTROL, _COMMENT, _APPLICATION = 0x21, 0x2C, 0xF9, 0xFE, 0xFF


class StrangeError(ValueError):
    """A file is not what it should be; the text says why."""


def write_apng(file: BinaryIO, frames: Iterable[Image], count: int, milliseconds: int, texts: dict[str, str]) -> None:
    """Write frames of one size and mode as a PNG that goes round for ever.

    Args:
        file: where to.
        frames: in mode L, LA, RGB or RGBA; taken one by one.
        count: how many.
        milliseconds: for which each is shown.
        texts: what the file says of itself, by keyword.
    """
    file.write(_PNG)
    number = 0
    for frame in frames:
        draft = BytesIO()
        frame.save(draft, "PNG")
        chunks = list(_png_chunks(draft))
        if not number:
            _write_chunk(file, b"IHDR", next(data for kind, data in chunks if kind == b"IHDR"))
            _write_chunk(file, b"acTL", struct.pack(">II", count, 0))
            for keyword, text in texts.items():
                _write_chunk(file, b"iTXt", keyword.encode("latin-1") + bytes(5) + text.encode())

        shown = struct.pack(">IIIIIHHBB", number, frame.width, frame.height, 0, 0, milliseconds, 1000, 0, 0)
        _write_chunk(file, b"fcTL", shown)
        pixels = b"".join(data for kind, data in chunks if kind == b"IDAT")
        if number:
            number += 1
            _write_chunk(file, b"fdAT", struct.pack(">I", number) + pixels)
        else:
            _write_chunk(file, b"IDAT", pixels)
        number += 1

    _write_chunk(file, b"IEND", b"")


def write_gif(file: BinaryIO, frames: Iterable[Image], milliseconds: int, xmp: str, comment: str) -> None:
    """Write frames of one size as a GIF that goes round for ever, each with the colours that suit it best.

    Args:
        file: where to.
        frames: taken one by one.
        milliseconds: for which each is shown, to the nearest hundredth of a second.
        xmp: what the file says of itself.
        comment: the same in a few words.
    """
    common = None
    for frame in frames:
        draft = BytesIO()
        frame.save(draft, "GIF", interlace=0)
        screen, colours, control, pixels = _gif_frame(draft)
        if common is None:
            common = colours
            file.write(b"GIF89a" + screen + colours + _NETSCAPE)
            file.write(bytes([_EXTENSION, _APPLICATION, len(_XMP)]) + _XMP + xmp.encode() + _TRAILER)
            file.write(bytes([_EXTENSION, _COMMENT]) + _sub_blocks(comment.encode()))

        transparent = control[0] & 1
        flags = (2 << 2 if transparent else 1 << 2) | transparent  # a see-through frame does not lie on the one before
        shown = struct.pack("<BBBBHBB", _EXTENSION, _CONTROL, 4, flags, round(milliseconds / 10), control[3], 0)
        own = b"" if colours == common else colours
        table = 0x80 | (len(own) // 3).bit_length() - 2 if own else 0
        file.write(shown + struct.pack("<BHHHHB", _PICTURE, 0, 0, frame.width, frame.height, table) + own + pixels)

    file.write(b"\x3b")


def png_text(file: BinaryIO, keyword: str) -> str:
    """Return what a PNG says under a keyword, uncompressed; empty where it says nothing.

    Raises:
        StrangeError: if it is no PNG, damaged, or says too much.
    """
    start = keyword.encode("latin-1") + bytes(5)
    for _, data in _png_chunks(file, only=b"iTXt"):
        if data.startswith(start):
            return _text(data[len(start) :])
    return ""


def webp_xmp(file: BinaryIO) -> str:
    """Return the XMP of a WebP; empty where it has none.

    Raises:
        StrangeError: if it is no WebP, damaged, or has too much of it.
    """
    head = _exactly(file, 12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise StrangeError("it is no WebP")
    for _ in range(MOST_BLOCKS):
        head = file.read(8)
        if len(head) < 8:
            return ""
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"XMP ":
            return _text(_exactly(file, _bounded(length)))
        file.seek(length + length % 2, 1)
    raise StrangeError("it has too many parts")


def gif_xmp(file: BinaryIO) -> str:
    """Return the XMP of a GIF; empty where it has none before its first picture.

    Raises:
        StrangeError: if it is no GIF, damaged, or has too much of it.
    """
    if _exactly(file, 6) not in (b"GIF87a", b"GIF89a"):
        raise StrangeError("it is no GIF")
    file.seek(_colours(_exactly(file, 7)[4]), 1)

    for _ in range(MOST_BLOCKS):
        if _exactly(file, 1)[0] != _EXTENSION:
            return ""
        label = _exactly(file, 1)[0]
        name = _exactly(file, _exactly(file, 1)[0])
        if label == _APPLICATION and name == _XMP:
            found, end, _ = file.read(LARGEST_TEXT + len(_TRAILER)).partition(_TRAILER)
            if not end:
                raise StrangeError("what it says of itself has no end")
            return _text(found)
        while size := _exactly(file, 1)[0]:
            file.seek(size, 1)

    raise StrangeError("it has too many parts")


def _png_chunks(file: BinaryIO, only: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and data of chunks, or of those before the pixels that are of one kind; sums are left unchecked."""
    file.seek(0)
    if file.read(len(_PNG)) != _PNG:
        raise StrangeError("it is no PNG")
    for _ in range(MOST_BLOCKS):
        head = _exactly(file, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND" or (only and kind == b"IDAT"):
            return
        if only and kind != only:
            file.seek(length + 4, 1)
            continue
        yield kind, _exactly(file, _bounded(length) if only else length)
        file.seek(4, 1)
    raise StrangeError("it has too many parts")


def _write_chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


def _gif_frame(file: BinaryIO) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the screen, table of colours, control of the picture, and pixels of a GIF that Pillow wrote."""
    file.seek(6)
    screen = file.read(7)
    colours, control = file.read(_colours(screen[4])), bytes(4)
    while (kind := file.read(1)[0]) != _PICTURE:
        assert kind == _EXTENSION
        label, block = file.read(1)[0], file.read(file.read(1)[0])
        if label == _CONTROL:
            control = block
        while size := file.read(1)[0]:
            file.seek(size, 1)
    flags = file.read(9)[8]
    colours = file.read(_colours(flags)) or colours
    return screen, colours, control, file.read()[:-1]


def _colours(flags: int) -> int:
    """Return the bytes of a GIF's table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _sub_blocks(data: bytes) -> bytes:
    parts = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise StrangeError("it ends too early")
    return data


def _bounded(length: int) -> int:
    if length > LARGEST_TEXT:
        raise StrangeError("what it says of itself is too long")
    return length


def _text(data: bytes) -> str:
    try:
        return data.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        raise StrangeError("what it says of itself is no text") from None
