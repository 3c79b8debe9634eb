"""Where texts come from: the items of files of any size, one after another, and a sample of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path

from artgan import ArtganError, printable
from artgan.interfaces import LeftOut, Workspace

from .text_lines import NO_UTF8, NUL, lines_of, paragraphs_of, wide_encoding
from .text_tables import is_table, texts_of

SAMPLED = 2**22
"""Bytes of text that are looked at to learn what it is like; of more, parts at equal distances."""
WINDOW = 2**16
"""Bytes of such a part."""
TOLD = 4096
"""After how many items it is told how far it is."""
LOOKED_AT, WORDY = 1000, 4
"""How many lines are looked at to choose a tokeniser, and how many spaces a line has on average where it is `word`."""


@dataclass(frozen=True)
class Source:
    """Where texts come from.

    Attributes:
        files: the files, in order.
        title, licence, origin: as in `Data`.
        column: what holds the texts of those files that are tables.
        parse: turns a line into the text of an item, such as by breaking it into verses.
        presentation: how the text is shown, as in `Spec`.
        left_out, notes: as in `Data`, known before anything is read.
    """

    files: tuple[Path, ...]
    title: str
    licence: str
    origin: str
    column: str = ""
    parse: Callable[[str], str] = str.strip
    presentation: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    def items(self, unit: str, workspace: Workspace, *, in_parts: bool = False) -> Iterator[tuple[str, str, str]]:
        """Yield where each item stands, its text, and why it cannot be used; empty items are passed over.

        Args:
            unit: what an item is: ``line`` or ``paragraph``.
            workspace: told how far it is.
            in_parts: whether items too long to be read at once come in parts, or not at all.

        Raises:
            ArtganError: if a file cannot be read, or not to its end.
        """
        sizes = [_size(path) for path in self.files]
        before, total = 0, sum(sizes) >> 20
        for path, size in zip(self.files, sizes, strict=True):
            for place, line, reason, done in self._texts(path, unit, in_parts=in_parts):
                text = "" if reason else self.parse(line)
                if done:
                    workspace.progress("reading text, in MB", before + done >> 20, total)
                if text or reason:
                    yield f"{printable(path.name)}, {place}", text, reason
            before += size
        workspace.progress("reading text, in MB", total, total)

    def sample(self, unit: str) -> list[str]:
        """Return texts of all parts of the files, some `SAMPLED` bytes where they hold more; always the same ones.

        Raises:
            ArtganError: if a file cannot be read.
        """
        return [text for line, reason in self._sampled(unit) if not reason and (text := self.parse(line))]

    def share_unreadable(self) -> float:
        """Return the share of those lines that are no text: not in UTF-8, or with NUL among them."""
        faults = [reason.startswith((NO_UTF8, NUL)) for _, reason in self._sampled("line")]
        return sum(faults) / max(1, len(faults))

    def wide_encoding(self) -> str:
        """Return the encoding by at least two bytes a character that the first file begins in; nothing for others."""
        try:
            with self.files[0].open("rb") as file:
                return wide_encoding(file.read(WINDOW))
        except OSError as error:
            raise _unreadable(self.files[0], error) from None

    def _sampled(self, unit: str) -> Iterator[tuple[str, str]]:
        """Yield items of all parts of the files, and why they cannot be used."""
        sizes = [_size(path) for path in self.files]
        share = min(1.0, SAMPLED / max(1, sum(sizes)))
        due = 0.0
        for path, size in zip(self.files, sizes, strict=True):
            due += share * size
            if share == 1 or is_table(path):
                every = islice(self._texts(path, unit, in_parts=True), None, None, round(1 / share))
                yield from ((text, reason) for _, text, reason, _ in every)
            else:
                windows = int(due // max(1, min(size, WINDOW)))
                yield from _windows(path, size, windows, unit)
                due -= windows * min(size, WINDOW)

    def looks_like_words(self) -> bool:
        """Return whether the beginning of the text is of longer lines with spaces, which words suit better."""
        with closing(self._texts(self.files[0], "line", in_parts=False)) as texts:
            lines = [line for _, line, reason, _ in islice(texts, LOOKED_AT) if line.strip() and not reason]
        spaces = sum(line.strip().count(" ") for line in lines)
        return spaces > WORDY * len(lines)

    def _texts(self, path: Path, unit: str, *, in_parts: bool) -> Generator[tuple[str, str, str, int], None, None]:
        """Yield where each item of a file stands, its text, why it cannot be used, and now and then how far it is."""
        try:
            if is_table(path):
                yield from ((place, text, reason, 0) for place, text, reason in texts_of(path, self.column))
                return
            with path.open("rb") as file:
                items = (lines_of if unit == "line" else paragraphs_of)(file, in_parts=in_parts)
                for count, (number, text, reason) in enumerate(items, start=1):
                    yield f"line {number}", text, reason, 0 if count % TOLD else file.tell()
        except OSError as error:
            raise _unreadable(path, error) from None


def _windows(path: Path, size: int, count: int, unit: str) -> Iterator[tuple[str, str]]:
    """Yield the whole lines or paragraphs of parts of a file at equal distances; what is cut off is passed over."""
    for number in range(count):
        start = number * max(0, size - WINDOW) // max(1, count - 1)
        try:
            with path.open("rb") as file:
                file.seek(start)
                part = file.read(WINDOW)
        except OSError as error:
            raise _unreadable(path, error) from None

        # A part in which no line ends is itself the text, but for the characters that were cut in two.
        begin, end = part.find(b"\n") + 1 if start else 0, part.rfind(b"\n") + 1
        part = part[begin : end or None] if begin < end else part.decode(errors="ignore").encode()
        lines = lines_of(BytesIO(part)) if unit == "line" else paragraphs_of(BytesIO(part))
        yield from ((text, reason) for _, text, reason in lines)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ArtganError:
    return ArtganError(f"{path} cannot be read ({error.strerror or error}): is it still there?")
