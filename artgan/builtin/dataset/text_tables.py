"""Chooses the column of a table that holds its texts, and reads it: separated values, JSON, .parquet and .tar."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from artgan import ArtganError, UsageError, printable

from .archived_texts import PARQUETS, TARS, parquet_rows, tar_rows
from .json_items import JSON, JSON_LINES, json_line_rows, json_rows
from .separated_values import SEPARATED, separated_rows
from .table_row import ALONE, SAMPLED, TEXTS, Row, is_number
from .text_lines import LARGEST_LINE, NUL, TOO_LONG

ARCHIVES = PARQUETS | TARS
TABLES = SEPARATED | JSON | JSON_LINES | ARCHIVES
LOOKED_AT = 200
"""How many letters of a cell are looked at."""
MAX_FILES = 16
"""How many tables are looked at for one that holds any text."""
MAX_NAMES = 12
"""How many columns are named to a person."""

_CODE = re.compile(r"(?=\S*\d)\S+|[0-9a-fA-F-]{8,}|\w+://\S+|\S+@\S+\.\w+")


@dataclass(frozen=True)
class Column:
    """The column that the texts are in, and a word to the user on how it was chosen."""

    name: str
    note: str = ""


def is_table(path: Path) -> bool:
    """Return whether a file is a table by its ending."""
    return path.suffix.lower() in TABLES


def choose_column(files: Sequence[Path], wanted: str) -> Column:
    """Return the column that holds the texts, by the first of some tables that holds any.

    Args:
        files: the tables.
        wanted: its name, or its number from 1 where it has none; empty for the one that is likeliest.

    Raises:
        UsageError: if there is none such.
        ArtganError: if a table cannot be read.
    """
    path, sample = next(((path, sample) for path in files[:MAX_FILES] if (sample := _sample(path))), (files[0], []))
    names = [name for name in dict.fromkeys(name for cells in sample for name in cells) if name != ALONE]
    shown = ", ".join(printable(name)[:LOOKED_AT] for name in names[:MAX_NAMES])
    if wanted and wanted not in names:
        raise UsageError(
            f"{printable(path.name)} has no column {printable(wanted)!r}: there are {shown or 'none with names'}"
        )
    if wanted or not names:
        return Column(wanted or ALONE)

    wordy = {name: _words([cells.get(name, "") for cells in sample]) for name in names}
    likely = [name for text in TEXTS for name in names if name.strip().lower() == text and wordy[name]]
    name = likely[0] if likely else max(names, key=lambda name: wordy[name])
    if not wordy[name]:
        raise UsageError(
            f"{printable(path.name)} has no column that is text: say which with --dataset lines:column=NAME ({shown})"
        )
    return Column(name, _note(path, name, shown, alone=len(names) == 1))


def _sample(path: Path) -> list[Mapping[str, str]]:
    try:
        with closing(_rows(path)) as rows:
            return [row.cells for row in islice(rows, SAMPLED) if row.cells]
    except OSError as error:
        raise ArtganError(f"{printable(str(path))} cannot be read ({error.strerror or error})") from None


def _note(path: Path, name: str, shown: str, *, alone: bool) -> str:
    choice = "" if alone else f" (of {shown}; --dataset lines:column=NAME takes another)"
    header = "; its header is passed over" if path.suffix.lower() in SEPARATED and not name.isdecimal() else ""
    return f"the texts are those of column {printable(name)!r}{choice}{header}"


def texts_of(path: Path, column: str) -> Iterator[tuple[str, str, str]]:
    """Yield where each text of a table's column stands, the text, and why it cannot be used."""
    for row in _rows(path):
        text = row.cells.get(column, "")
        lack = f"has no text in column {printable(column)!r}" if column else "is no text"
        fault = row.fault or ("" if column in row.cells else lack)
        yield row.place, "" if fault else text, fault or _fault(text)


def _rows(path: Path) -> Generator[Row, None, None]:
    readers = {SEPARATED: separated_rows, JSON: json_rows, JSON_LINES: json_line_rows}
    readers |= {PARQUETS: parquet_rows, TARS: tar_rows}
    return next(reader for suffixes, reader in readers.items() if path.suffix.lower() in suffixes)(path)


def _words(texts: Sequence[str]) -> int:
    """Return how many letters there are in texts that differ, or 0 where most are numbers, codes or addresses."""
    filled = [text.strip()[:LOOKED_AT] for text in texts if text.strip()]
    words = [text for text in filled if not is_number(text) and not _CODE.fullmatch(text)]
    return sum(sign.isalpha() for text in set(words) for sign in text) if 2 * len(words) >= len(filled) else 0


def _fault(text: str) -> str:
    if len(text) > LARGEST_LINE:
        return f"{TOO_LONG} {LARGEST_LINE:,} characters"
    if "\0" in text:
        return NUL
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half of a pair of surrogates"
    return ""
