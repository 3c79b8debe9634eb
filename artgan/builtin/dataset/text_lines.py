"""Reads text line by line, or paragraph by paragraph, in bounded memory whatever is in the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

LARGEST_LINE = 2**16
"""Bytes of the longest line or paragraph that is read; a longer one is left out."""
NO_UTF8, TOO_LONG = "is no UTF-8", "is longer than"
"""How the reasons begin for which people can do something."""
NUL = "holds a NUL character"
BOM = "\ufeff"
ONE_SIDED = 10
"""How many times as many zero bytes stand on one side of characters of two bytes as on the other."""

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""How files of other encodings begin; that of UTF-16 begins one of UTF-32 too."""

Numbered = tuple[int, str, str]
"""The number of a line, from 1, its text without its end, and why it cannot be used."""


def lines_of(file: BinaryIO, *, in_parts: bool = False) -> Iterator[Numbered]:
    """Yield the lines of a file opened at its beginning, which end as Unix, Windows or the old Macintosh ends them.

    Args:
        file: where they are read.
        in_parts: yield the parts of lines that are too long, each with the line's number, rather than a fault.
    """
    head = file.read(LARGEST_LINE)
    file.seek(0)
    old = b"\r" in head and b"\n" not in head
    if in_parts and not old:
        yield from _in_parts(file)
        return
    for number, raw in enumerate(_ended_by_returns(file) if old else _ended_by_feeds(file), start=1):
        if len(raw) > LARGEST_LINE:
            yield number, "", f"{TOO_LONG} {LARGEST_LINE:,} bytes"
        else:
            yield number, *_decoded(raw, number)


def wide_encoding(head: bytes) -> str:
    """Return the encoding by at least two bytes a character that a file begins in, as ``iconv`` calls it, or nothing.

    Without a mark, line breaks and Latin letters have a zero byte, always on the same side.
    """
    if marked := next((name for mark, name in _MARKS.items() if head.startswith(mark)), ""):
        return marked
    before, behind = head[0::2].count(0), head[1::2].count(0)
    if ONE_SIDED * min(before, behind) >= max(before, behind):
        return ""
    name = "UTF-16LE" if behind > before else "UTF-16BE"
    try:
        codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return ""
    return name


def paragraphs_of(file: BinaryIO, *, in_parts: bool = False) -> Iterator[Numbered]:
    """Yield paragraphs, lines up to an empty one, each with the number of its first line; arguments as `lines_of`."""
    start, lines, size, fault = 1, list[str](), 0, ""
    number = 0
    for number, line, reason in lines_of(file, in_parts=in_parts):
        if in_parts and size > LARGEST_LINE:
            yield start, "\n".join(lines), fault
            start, lines, size, fault = number, [], 0, ""
        if reason or line.strip():
            lines.append(line.rstrip())
            size += len(line)
            too_long = size > LARGEST_LINE and not in_parts
            fault = fault or reason or (f"{TOO_LONG} a paragraph may be" if too_long else "")
            lines = [] if fault else lines
        if not (reason or line.strip()):
            yield start, "\n".join(lines), fault
            start, lines, size, fault = number + 1, [], 0, ""
    yield start, "\n".join(lines), fault


def _ended_by_feeds(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines with their ends; of one that is too long a part that is, and too long as well."""
    while raw := file.readline(LARGEST_LINE + 1):
        yield raw
        while len(raw) > LARGEST_LINE and not raw.endswith(b"\n"):
            raw = file.readline(LARGEST_LINE + 1)


def _in_parts(file: BinaryIO) -> Iterator[Numbered]:
    """Yield lines, and of those that are too long one part after another, which end between words where they can."""
    number, rest = 1, b""
    while raw := rest + (more := file.readline(LARGEST_LINE)):
        ended = more.endswith(b"\n") or len(more) < LARGEST_LINE
        end = len(raw) if ended else _last_end(raw)
        yield number, *_decoded(raw[:end], number)
        rest, number = raw[end:], number + ended


def _last_end(raw: bytes) -> int:
    """Return up to where a part of a line can be read: behind a sentence, a word, or a character."""
    for mark in (b". ", "\u3002".encode(), b" "):
        if (found := raw.rfind(mark, len(raw) // 2)) >= 0:
            return found + len(mark)
    end = len(raw)
    while end > len(raw) - 4 and raw[end - 1] & 0xC0 == 0x80:
        end -= 1
    return end - 1


def _ended_by_returns(file: BinaryIO) -> Iterator[bytes]:
    text = TextIOWrapper(file, encoding="latin-1", newline="\r")  # which keeps every byte
    try:
        while line := text.readline(LARGEST_LINE + 1):
            yield line.encode("latin-1")
            while len(line) > LARGEST_LINE and not line.endswith("\r"):
                line = text.readline(LARGEST_LINE + 1)
    finally:
        if not file.closed:  # as it is where nobody reads to the end
            text.detach()


def _decoded(raw: bytes, number: int) -> tuple[str, str]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", f"{NO_UTF8} (byte {error.start + 1} is 0x{raw[error.start]:02x})"
    if "\0" in text:
        return "", NUL
    return (text.removeprefix(BOM) if number == 1 else text).rstrip("\r\n"), ""
