"""Texts in the columns of .parquet files, and in .tar files, whose columns are the endings of what has one name."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .json_items import json_cells
from .parquet_file import PARQUET, open_parquet, refuse_bombs
from .table_row import Row
from .tar_members import TABLE, TEXTS, members_of, split_key
from .tar_pictures import TAR
from .text_lines import LARGEST_LINE, NO_UTF8, TOO_LONG

if TYPE_CHECKING:
    from pyarrow import DataType

PARQUETS, TARS = frozenset({PARQUET}), frozenset({TAR})
BATCH = 256
"""How many rows are read at a time."""


def parquet_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the rows of a table, of which texts, and lists of lines, are cells."""
    with open_parquet(path) as table:
        names = [field.name for field in table.schema_arrow if _is_text(field.type)]
        refuse_bombs(table, names, path.name)
        number = 0
        for batch in table.iter_batches(BATCH, columns=names, use_threads=False) if names else ():
            for cells in batch.to_pylist():
                number += 1
                yield Row(f"row {number}", {name: text for name in names if (text := _text(cells[name])) is not None})


def tar_rows(path: Path) -> Generator[Row, None, None]:
    """Yield what has one name in an archive as a row, with its texts and those in its JSON as cells."""
    key, cells, fault = "", dict[str, str](), ""
    for member, file in members_of(path):
        own, ending = split_key(member.name)
        if own != key and (cells or fault):
            yield Row(key, cells, fault)
        if own != key:
            key, cells, fault = own, {}, ""
        if not member.isreg() or (ending not in TEXTS and ending != TABLE):
            continue
        text, wrong = _read(file, member.offset_data, member.size)
        if wrong:
            fault = wrong
        elif ending == TABLE:
            cells = json_cells(text) | cells
        else:
            cells[ending[1:]] = text
    if cells or fault:
        yield Row(key, cells, fault)


def _is_text(kind: DataType) -> bool:
    """Return whether a column is of texts, or of lists of their lines."""
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind):
        return _is_text(kind.value_type) and not types.is_list(kind.value_type)
    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _text(value: object) -> str | None:
    return "\n".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else None


def _read(file: BinaryIO, offset: int, size: int) -> tuple[str, str]:
    """Return a text in an archive, and why it cannot be used."""
    if size > 4 * LARGEST_LINE:
        return "", f"{TOO_LONG} {LARGEST_LINE:,} characters"
    file.seek(offset)
    try:
        return file.read(size).decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return "", NO_UTF8
