"""Opens .parquet files, by pyarrow, which is an extra."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan import ArtganError, UsageError, one_line, printable

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

PARQUET = ".parquet"
EXTRA = "parquet"
MAX_UNPACKED, MAX_RATIO = 2**30, 20
"""A column is a bomb if a group of its rows unpacks to more than 1 GiB and more than 20 times what it takes."""


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetFile]:
    """Open a table.

    Raises:
        UsageError: if there is no pyarrow.
        ArtganError: if it cannot be read.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise UsageError(f"{printable(path.name)} needs pyarrow: pip install 'artgan[{EXTRA}]'") from None
    try:
        with ParquetFile(path, pre_buffer=False, buffer_size=2**20) as table:
            yield table
    except (pyarrow.ArrowException, OSError, MemoryError) as error:
        raise ArtganError(f"{printable(path.name)} cannot be read ({one_line(error)}): fetch it again") from None


def features_of(table: ParquetFile) -> Mapping[str, Any]:
    """Return what the library ``datasets`` says that the columns of a table are, by name; nothing where it does not.

    It keeps them in the schema's metadata, under ``huggingface`` (huggingface.co/docs/datasets, about_arrow).
    """
    try:
        told = json.loads((table.schema_arrow.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError, RecursionError):
        return {}
    return {name: feature for name, feature in told.items() if isinstance(feature, dict)}


def refuse_bombs(table: ParquetFile, columns: Collection[str], name: str) -> None:
    """Raise ArtganError if one of some columns would unpack to far more than it takes."""
    for group in range(table.metadata.num_row_groups):
        rows = table.metadata.row_group(group)
        chunks = [rows.column(number) for number in range(rows.num_columns)]
        for chunk in chunks:
            if chunk.path_in_schema.partition(".")[0] not in columns:
                continue
            unpacked = chunk.total_uncompressed_size
            if unpacked > max(MAX_UNPACKED, MAX_RATIO * chunk.total_compressed_size):
                raise ArtganError(f"{printable(name)} would unpack to {unpacked >> 20:,} MB: a bomb, not read")
