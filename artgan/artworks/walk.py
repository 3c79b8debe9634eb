"""Walks through works: what the record of one tells, and how it is read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArtganError, one_line
from ..files import write_text
from ..interfaces import Modality, Progress
from ..schema import Schema, fault
from .interpolation import path as way
from .model import Model
from .origin import START, Start, is_possible, label_of, latent_of, seed_of
from .work import FORMAT, MADE_BY, ORIGIN, made_by, origin, told

SHEET_COLUMNS = 8
LARGEST_JSON = 2**22
"""Bytes of a record that lies beside a walk or a work."""
_SCHEMA: Schema = {
    **MADE_BY,
    "walk": {"seeds": [START], "frames": int, "path": str, "loop": bool, "frames_per_second": float},
    "truncation": float,
    "label": (int, None),
    **ORIGIN,
}


def walk_record(
    model: Model, seeds: Sequence[Start], frames: int, *, kind: str, loop: bool, rate: float, truncation: float
) -> dict[str, Any]:
    """Return the record of a walk.

    Args:
        model: what makes the works.
        seeds: or works, through which it leads; class, and what the network draws at random, are those of the first.
        frames: how many works there are.
        kind: of path, as in `artgan.artworks.interpolation`.
        loop: whether it leads back to the first seed.
        rate: works in a second.
        truncation: factor of the latents.
    """
    return {
        **made_by(),
        "walk": {
            "seeds": list(seeds),
            "frames": frames,
            "path": kind,
            "loop": loop,
            "frames_per_second": rate,
        },
        "truncation": truncation,
        "label": label_of(seeds[0], model),
        **origin(model),
    }


def write_walk(model: Model, file: Path, record: Mapping[str, Any], progress: Progress | None = None) -> list[str]:
    """Write a walk as its record tells, the record beside it as JSON, and return it in words where works have some.

    Args:
        model: what makes the works.
        file: of one of the modality's endings for walks, or for sheets where it has none of these.
        record: as `walk_record` returns it.
        progress: told of each work.
    """
    walk, modality = record["walk"], model.modality
    count, seed = walk["frames"], seed_of(walk["seeds"][0])
    stops = [latent_of(start, model) for start in walk["seeds"]]
    latents = way(stops, count, kind=walk["path"], loop=walk["loop"])
    made = (model.render_latent(record["truncation"] * at, seed=seed, label=record["label"]) for at in latents)
    works = told(made, count, progress, "walking")
    if modality.walk_suffixes:
        modality.write_walk(file, works, count, walk["frames_per_second"], record)
        return []
    samples = np.stack(list(works))
    modality.write_sheet(file, samples, SHEET_COLUMNS)
    write_text(file.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return modality.to_text(samples)


def is_walk(path: Path, modality: Modality) -> bool:
    """Return whether a file carries the record of a walk, whole or not, and no work's."""
    try:
        return "walk" in modality.read_walk(path)
    except ArtganError:
        return False


def read_walk(path: Path, modality: Modality) -> dict[str, Any]:
    """Return the record of a walk that moves, which may come from anybody.

    Raises:
        ArtganError: if it carries none, or it is damaged or of another format.
    """
    return checked_walk(modality.read_walk(path), path)


def read_beside(path: Path) -> dict[str, Any]:
    """Return what lies beside a file as JSON, which may come from anybody; empty where that is no record.

    Raises:
        ArtganError: if there is no such file.
    """
    if not path.is_file():
        raise ArtganError(f"{path} does not exist")
    try:
        return read_json(path.with_suffix(".json"))
    except ArtganError:
        return {}


def read_json(path: Path) -> dict[str, Any]:
    """Return the table that a JSON file holds, which may come from anybody.

    Raises:
        ArtganError: if it is missing, too large, damaged, or holds none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_JSON + 1)
        if len(content) > LARGEST_JSON:
            raise ValueError("it is too large")
        record = json.loads(content.decode(), parse_constant=_refuse)
        if not isinstance(record, dict):
            raise ValueError("it holds no table")
    except FileNotFoundError:
        raise ArtganError(f"{path} does not exist") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} is no record that artgan can read: {one_line(error)}") from error
    return record


def checked_walk(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the record of a walk, which may come from anybody, if it is one that this artgan can read.

    Raises:
        ArtganError: if it is not.
    """
    if wrong := fault(record, _SCHEMA, "its record"):
        raise ArtganError(f"{path} is not a walk that artgan can read: {wrong}")
    if record["format"] != FORMAT:
        raise ArtganError(f"{path}: its record is of format {record['format']}; this artgan reads format {FORMAT}")
    if not _is_possible(record["walk"], record["truncation"]):
        raise ArtganError(f"{path}: its record has seeds, frames or a truncation out of range")
    return record


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number that a record may hold")


def _is_possible(walk: Mapping[str, Any], truncation: float) -> bool:
    return is_possible(walk["seeds"]) and 2 <= len(walk["seeds"]) <= walk["frames"] and 0 < truncation < math.inf
