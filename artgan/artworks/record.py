"""What the records of works and walks have in common: what made them, from what data, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..ai_mark import DIGITAL_SOURCE_TYPE
from ..errors import ArtganError, one_line
from ..schema import Schema, fault, parse_json
from .model import Model

FORMAT = 1
LARGEST_RECORD = 2**22
"""Bytes of a record that lies beside a walk or a work."""

CREATION: Schema = {"format": int}
MODEL: Schema = {
    "sampling": {str: (float, str)},
    "run": str,
    "step": int,
    "recipe_digest": str,
    "weights_digest": str,
    "dataset": {"title": str, "licence": str, "source": str, "fingerprint": str},
    "versions": {str: str},
}


def creation_record() -> dict[str, Any]:
    """Return what every record begins with."""
    return {"format": FORMAT, "created_by": "artgan", "digital_source_type": DIGITAL_SOURCE_TYPE}


def model_record(model: Model) -> dict[str, Any]:
    """Return what every record tells of the model; it names neither a person nor a path.

    Of models that it was made of it tells where there are some.
    """
    provenance = model.provenance
    bases = {"bases": [base.to_table() for base in provenance.bases]} if provenance.bases else {}
    return {
        "sampling": model.sampling,
        "run": provenance.run,
        "step": model.step,
        "recipe_digest": model.recipe_digest,
        "weights_digest": model.weights_digest,
        "dataset": {
            "title": provenance.dataset,
            "licence": provenance.licence,
            "source": provenance.source,
            "fingerprint": provenance.fingerprint,
        },
        "versions": dict(provenance.versions),
        **bases,
    }


def check_record(record: dict[str, Any], schema: Schema, path: Path, what: str) -> None:
    """Check the shape and the format of a record, which may come from anybody.

    Raises:
        ArtganError: if it is not that of ``what``, or of another format.
    """
    if wrong := fault(record, schema, "its record"):
        raise ArtganError(f"{path} is not {what} that artgan can read: {wrong}")
    if record["format"] != FORMAT:
        raise ArtganError(f"{path}: its record is of format {record['format']}; this artgan reads format {FORMAT}")


def read_record_file(path: Path) -> dict[str, Any]:
    """Return the table that a JSON file holds, which may come from anybody.

    Raises:
        ArtganError: if it is missing, too large, damaged, or holds none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_RECORD + 1)
        if len(content) > LARGEST_RECORD:
            raise ValueError("it is too large")
        record = parse_json(content.decode())
        if not isinstance(record, dict):
            raise ValueError("it holds no table")
    except FileNotFoundError:
        raise ArtganError(f"{path} does not exist") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} is no record that artgan can read: {one_line(error)}") from error
    return record
