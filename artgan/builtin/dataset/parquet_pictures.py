"""The pictures in a column of .parquet files, as data sets of Hugging Face come."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from artgan import UsageError, printable
from artgan.interfaces import Progress

from .parquet_file import features_of, open_parquet, refuse_bombs
from .picture_list import HEAD, MAGIC, Cell, Item, Pictures, Stamp, UnreadableError, bounded, stamp_of
from .reader_pool import ahead

if TYPE_CHECKING:
    from pyarrow import DataType, RecordBatch, Schema
    from pyarrow.parquet import ParquetFile

BATCH = 8
"""How many rows are read at a time."""
MAX_KIND, MAX_NAMED = 100, 12
"""Letters of the longest class, and how many columns are named to a person."""
TEXTS = ("string", "large_string")
LABELS = ("label", "labels", "class", "category", "fine_label", "coarse_label")
"""What people call the column of the class, the likeliest first."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table that are of use.

    Attributes:
        image: that of the pictures: their bytes, or a struct with these.
        label: that of the classes; empty for none.
        classes: the names of the classes, where the labels are their numbers and these are told.
        texts: those of texts.
    """

    image: str
    label: str = ""
    classes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: ParquetFile, name: str) -> Columns:
        """Return the columns of a table.

        Raises:
            UsageError: if none holds pictures.
        """
        features, schema = features_of(table), table.schema_arrow
        told = [column for column, feature in features.items() if feature.get("_type") == "Image"]
        holding = {field.name for field in schema if _holds_bytes(field.type)}
        images = [column for column in told if column in holding] or [
            field.name for field in schema if field.name in holding and _begins_with_picture(table, field.name)
        ]
        if not images:
            raise UsageError(f"{printable(name)} has no column of pictures: it has {_shown(schema)}")

        usable = {field.name for field in schema if _is_label(field.type)}
        known = [column for column, feature in features.items() if feature.get("_type") == "ClassLabel"]
        labels = [column for column in (*known, *LABELS) if column in usable]
        label = labels[0] if labels else ""
        names = features.get(label, {}).get("names", [])
        classes = tuple(map(str, names)) if isinstance(names, list) else ()
        texts = tuple(field.name for field in schema if str(field.type) in TEXTS and field.name != label)
        return cls(images[0], label, classes, texts)


def _shown(schema: Schema) -> str:
    shown = [f"{printable(field.name)[:MAX_KIND]} ({str(field.type)[:MAX_KIND]})" for field in schema][:MAX_NAMED]
    more = f" and {len(schema) - MAX_NAMED} more" if len(schema) > MAX_NAMED else ""
    return ", ".join(shown) + more if shown else "no columns"


class ParquetPictures(Pictures):
    """The pictures in a column of tables, read row by row.

    Args:
        folder: what the names of the tables are relative to.
        tables: their names.
        progress: told how many tables were looked through.
        part: take only the tables in the sub-folder of this name.
    """

    read_together = BATCH

    def __init__(self, folder: Path, tables: Sequence[str], progress: Progress, part: str = "") -> None:
        super().__init__()
        self._paths = [folder / name for name in tables]
        self._stamps = [stamp_of(path.stat()) for path in self._paths]
        self._rows: list[_Rows] = []
        self._texts: tuple[str, ...] = ()
        for number, name in enumerate(tables):
            progress("looking through tables", number, len(tables))
            with open_parquet(self._paths[number]) as table:
                columns, count = Columns.of(table, name), table.metadata.num_rows
                refuse_bombs(table, [columns.image, columns.label], name)
                kinds = _kinds(table, columns)
                self._rows.append(_Rows(self._paths[number], columns.image, _first_rows(table)))
            if not name.startswith(part):
                continue
            self.items += [Item(f"{name}:{row:08}", Cell(number, row)) for row in range(count)]
            self.kinds |= {f"{name}:{row:08}": kind for row, kind in enumerate(kinds) if kind is not None}
            self._texts = columns.texts
            self.kinds_from = f"column {printable(columns.label)}"
        progress("looking through tables", len(tables), len(tables))
        self._sort()

    def open(self, item: Item) -> BinaryIO:
        """Open one picture, unless the table does not hold it."""
        assert isinstance(item.place, Cell)
        value = self._rows[item.place.table].value(item.place.row)
        data = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(data, bytes):
            raise UnreadableError("has no bytes in the table, only a path" if value else "is empty in the table")
        return BytesIO(bounded(data))

    def head(self, item: Item) -> bytes:
        """Return the first bytes of a picture."""
        with self.open(item) as file:
            return file.read(HEAD)

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the table does."""
        assert isinstance(item.place, Cell)
        return (*self._stamps[item.place.table], item.place.row)

    def is_there(self) -> bool:
        """Return whether all tables are where they were."""
        return all(path.exists() for path in self._paths)

    def close(self) -> None:
        """Close the tables."""
        for rows in self._rows:
            rows.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over; a line each."""
        if not self._texts:
            return super().notes
        column = printable(self._texts[0])
        told = f"the texts in column {column} are not used: --dataset lines:path=DATA,column={column} trains on them"
        return (*super().notes, told)


class _Rows:
    """The values of one column of a table, read batch by batch in their order, from several threads.

    Args:
        path: the table.
        column: its column.
        groups: the first row of each of its groups of rows.
    """

    def __init__(self, path: Path, column: str, groups: Sequence[int]) -> None:
        self._path, self._column, self._groups, self._lock = path, column, groups, threading.Lock()
        self._stream = _batches(path, column, 0)
        self._end = 0
        # Threads ask for rows a little out of their order.
        self._kept: deque[tuple[int, RecordBatch]] = deque(maxlen=ahead() // BATCH + 2)

    def value(self, row: int) -> object:
        """Return what is in a row."""
        with self._lock:
            for start, batch in self._kept:
                if start <= row < start + batch.num_rows:
                    return batch.column(0)[row - start].as_py()
            return self._read(row)

    def _read(self, row: int) -> object:
        """Read on to a row, from where the last one was or from where its group begins."""
        group = bisect_right(self._groups, row) - 1
        if not self._groups[group] <= self._end <= row:
            self._stream.close()
            self._stream = _batches(self._path, self._column, group)
        for start, batch in self._stream:
            self._kept.append((start, batch))
            self._end = start + batch.num_rows
            if row < self._end:
                return batch.column(0)[row - start].as_py()
        raise UnreadableError("is missing in the table")

    def close(self) -> None:
        """Close the table."""
        self._stream.close()
        self._kept.clear()


def _batches(path: Path, column: str, group: int) -> Generator[tuple[int, RecordBatch], None, None]:
    """Yield the values of a column from a group of rows on, batch by batch, each with the number of its first row."""
    with open_parquet(path) as table:
        start = _first_rows(table)[group]
        for number in range(group, table.metadata.num_row_groups):
            for batch in table.iter_batches(BATCH, row_groups=[number], columns=[column], use_threads=False):
                yield start, batch
                start += batch.num_rows


def _first_rows(table: ParquetFile) -> list[int]:
    counts = [table.metadata.row_group(number).num_rows for number in range(table.metadata.num_row_groups)]
    return [0, *accumulate(counts)][:-1] or [0]


def _kinds(table: ParquetFile, columns: Columns) -> list[int | str | None]:
    """Return the class of each row, None where it has none."""
    if not columns.label:
        return []
    values = table.read(columns=[columns.label], use_threads=False).column(0).to_pylist()
    return [_kind(value, columns.classes) for value in values]


def _kind(value: object, classes: Sequence[str]) -> int | str | None:
    if isinstance(value, int):
        named = 0 <= value < len(classes)
        return classes[value] if named else value if value >= 0 and not classes else None
    return value.strip()[:MAX_KIND] or None if isinstance(value, str) else None


def _holds_bytes(kind: DataType) -> bool:
    from pyarrow import types

    if types.is_struct(kind):
        return any(field.name == "bytes" and _holds_bytes(field.type) for field in kind.fields)
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _is_label(kind: DataType) -> bool:
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind))


def _begins_with_picture(table: ParquetFile, column: str) -> bool:
    """Return whether the first value of a column is a picture."""
    for batch in table.iter_batches(BATCH, columns=[column], use_threads=False):
        for value in batch.column(0).to_pylist():
            data = value.get("bytes") if isinstance(value, dict) else value
            if isinstance(data, bytes):
                return bool(MAGIC.match(data[:HEAD]))
    return False


def has_pictures(path: Path) -> bool:
    """Return whether a table has a column of pictures, as far as can be told.

    Raises:
        ArtganError: if it cannot be read.
    """
    with open_parquet(path) as table:
        try:
            return bool(Columns.of(table, path.name))
        except UsageError:
            return False
