"""Archives and tables of small pictures, as WebDataset and Hugging Face's library `datasets` write them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image


def picture(level: int) -> bytes:
    """Return a PNG of 16 x 16 pixels of one level."""
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (level, 0, 255 - level)).save(file, "PNG")
    return file.getvalue()


def tar(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a .tar with files of these names, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return path


def parquet(
    path: Path,
    columns: Mapping[str, Any],
    features: Mapping[str, Any] | None = None,
    group: int = 3,
    compression: str = "snappy",
) -> Path:
    """Write a .parquet, and return its path.

    Args:
        path: where.
        columns: the values of each.
        features: what the columns are, as the library `datasets` tells it in the schema's metadata.
        group: how many rows are kept together.
        compression: how they are packed.
    """
    import pyarrow as pa
    from pyarrow import parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(dict(columns))
    if features:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, row_group_size=group, compression=compression)
    return path


def cells(pictures: Sequence[bytes | None]) -> Any:
    """Return a column of pictures as that library keeps them."""
    import pyarrow as pa

    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return pa.array([{"bytes": data, "path": f"{number}.png"} for number, data in enumerate(pictures)], kind)
