"""Reads text line by line, or paragraph by paragraph, in bounded memory whatever is in the file."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

LARGEST_LINE = 2**16
"""Bytes of the longest line or paragraph that is read; a longer one is left out."""
NO_UTF8, TOO_LONG = "is no UTF-8", "is longer than"
"""How the reasons begin for which people can do something."""
NUL = "holds a NUL character"
BOM = "\ufeff"

Numbered = tuple[int, str, str]
"""The number of a line, from 1, its text without its end, and why it cannot be used."""


def lines_of(file: BinaryIO) -> Iterator[Numbered]:
    """Yield the lines of a file opened at its beginning, which end as Unix, Windows or the old Macintosh ends them."""
    head = file.read(LARGEST_LINE)
    file.seek(0)
    old = b"\r" in head and b"\n" not in head
    for number, raw in enumerate(_ended_by_returns(file) if old else _ended_by_feeds(file), start=1):
        if len(raw) > LARGEST_LINE:
            yield number, "", f"{TOO_LONG} {LARGEST_LINE:,} bytes"
        else:
            yield number, *_decoded(raw, number)


def paragraphs_of(file: BinaryIO) -> Iterator[Numbered]:
    """Yield paragraphs, lines up to an empty one, each with the number of its first line."""
    start, lines, size, fault = 1, list[str](), 0, ""
    number = 0
    for number, line, reason in lines_of(file):
        if reason or line.strip():
            lines.append(line.rstrip())
            size += len(line)
            fault = fault or reason or (f"{TOO_LONG} a paragraph may be" if size > LARGEST_LINE else "")
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
