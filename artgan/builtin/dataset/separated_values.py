"""Reads comma- and tab-separated values in bounded memory, and tells whether their first row is a header."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from .table_row import ALONE, SAMPLED, TEXTS, Row, is_number
from .text_lines import lines_of

SEPARATED = frozenset({".csv", ".tsv"})
MAX_ROW = 2**18
"""Letters of the longest row; what quotation marks hold together may be many lines."""
MAX_COLUMNS = 1000
MIN_EVEN = 0.7
"""The share of rows that have as many columns as most, below which it is no table but text with commas in it."""
DELIMITERS = ",;\t|"
HEADERS = frozenset(
    [
        *TEXTS,
        *("id", "key", "index", "number", "no", "year", "date", "author", "poet", "artist", "writer", "source", "url"),
        *("title", "name", "names", "lines", "label", "class", "category", "tag", "tags", "genre", "type", "language"),
    ]
)
"""What a row that names columns is known by."""


def separated_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the rows of separated values but for a header; by number where there is none."""
    delimiter, width = _form(path)
    if not delimiter:
        with path.open("rb") as file:
            for number, line, fault in lines_of(file):
                yield Row(f"line {number}", {ALONE: line}, fault)
        return

    names: list[str] = []
    for number, cells, fault in _split(path, delimiter):
        if not names and not fault:
            names = [str(place) for place in range(1, width + 1)]
            if _is_header(cells, path, delimiter):
                names = [cell.strip() for cell in cells]
                continue
        cells = [delimiter.join(cells)] if width == 1 else cells
        if not fault and len(cells) != width:
            fault = f"has {len(cells)} columns, not {width}"
        yield Row(f"line {number}", {} if fault else dict(zip(names, cells, strict=True)), fault)


class _Feed:
    """Gives the lines of a file to `csv.reader`, and stops it where a row would not end.

    Attributes:
        number: of the last line that was given.
        faults: the numbers of lines that cannot be read, and why.
    """

    def __init__(self, lines: Iterator[tuple[int, str, str]]) -> None:
        self._lines, self.number, self.size, self.faults = lines, 0, 0, list[tuple[int, str]]()

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        for number, line, fault in self._lines:
            self.number = number
            if not fault:
                self.size += len(line) + 1
                if self.size > MAX_ROW:
                    raise csv.Error("the row does not end")
                return line + "\n"
            self.faults.append((self.number, fault))
        raise StopIteration


def _split(path: Path, delimiter: str) -> Generator[tuple[int, list[str], str], None, None]:
    """Yield the number of each row's first line, its cells, and why it cannot be used."""
    with path.open("rb") as file:
        feed = _Feed(lines_of(file))
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        while True:
            start, feed.size = feed.number + 1, 0
            try:
                cells, fault = next(reader, None), ""
            except csv.Error as error:
                cells, fault = [], f"cannot be read up to line {feed.number} ({error}): look at its quotation marks"
            yield from ((number, [], reason) for number, reason in feed.faults)
            feed.faults.clear()
            if cells is None:
                return
            if cells or fault:
                yield start, cells, fault


def _form(path: Path) -> tuple[str, int]:
    """Return the delimiter of a table and its number of columns; no delimiter where it has one column."""
    best = ("", 1, 0.0)
    for delimiter in "\t" if path.suffix.lower() == ".tsv" else DELIMITERS:
        with closing(_split(path, delimiter)) as rows:
            sample = [cells for _, cells, fault in islice(rows, SAMPLED) if not fault]
        if sample and 1 < len(sample[0]) <= MAX_COLUMNS and _known(sample[0]):
            return delimiter, len(sample[0])
        widths = [len(cells) for cells in sample]
        width = max(set(widths), key=widths.count, default=1)
        even = widths.count(width) / max(1, len(widths))
        if 1 < width <= MAX_COLUMNS and even >= MIN_EVEN and even > best[2]:
            best = (delimiter, width, even)
    return best[:2] if best[1] > 1 else _form_of_one(path)


def _form_of_one(path: Path) -> tuple[str, int]:
    """Return the form of what has one column: separated values only if a header says so, else lines of text."""
    with closing(_split(path, DELIMITERS[0])) as rows:
        first = next((cells for _, cells, fault in rows if not fault), [])
    return (DELIMITERS[0] if len(first) == 1 and _known(first) else ""), 1


def _known(names: Sequence[str]) -> bool:
    """Return whether any of the names is one that people give to columns."""
    return any(name.strip().lower() in HEADERS for name in names)


def _is_header(cells: Sequence[str], path: Path, delimiter: str) -> bool:
    """Return whether the first row of a table names its columns."""
    names = [cell.strip() for cell in cells]
    if not all(names) or len(set(names)) < len(names) or any(map(is_number, names)):
        return False
    if _known(names):
        return True
    with closing(_split(path, delimiter)) as rows:
        below = [cells for _, cells, fault in islice(rows, 1, SAMPLED) if not fault and len(cells) == len(names)]
    return bool(below) and any(all(map(is_number, column)) for column in zip(*below, strict=True))
