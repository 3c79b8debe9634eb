"""What a gallery knows of a run: its ``run.json``, which may come from anybody."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..artworks.provenance import BASE
from ..errors import ArtganError, one_line
from ..files import is_utf8, write_text
from ..interfaces import Modality, Spec
from ..plugins.registry import Registry
from ..schema import FileName, Schema, fault

RECORD = "run.json"
TIMELAPSE = "timelapse"
"""The folder of the sheets that show how it learned."""

_SCHEMA: Schema = {
    "id": str,
    "title": str,
    "command": str,
    "device": str,
    "parameters": {str: int},
    "dataset": {"title": str, "licence": str, "source": str},
    "step": int,
    "kimg": float,
    "seconds": float,
    "versions": {str: str},
    "bases": [BASE],
    "film": (None, FileName),
    "recipe": str,
    "recipe_digest": str,
    "weights_digest": str,
    "shape": [int],
    "truncation": float,
    "losses": {str: [[float]]},
    "works": [{"file": FileName, "seed": int, "class": str, "pixels": str, "nearest": [str]}],
    "snapshots": [{"file": FileName, "step": int}],
    "modality": FileName,
    "presentation": {str: str},
    "sampling": {str: (float, str)},
    "metrics": {str: [[float]]},
    "events": [str],
    "judged": {"verdict": str, "headings": [str], "rows": [[str]], "plot": (None, FileName)},
    "still": str,
    "classes": [str],
    "layers": int,
    "prompts": (None, bool),
    "walk": (None, {"file": FileName, "seeds": [int]}),
    "nearest": (None, FileName),
    "directions": [{"name": str, "change": float, "file": FileName}],
}
_ADDED: dict[str, Any] = {
    "modality": "image",
    "presentation": {},
    "sampling": {},
    "metrics": {},
    "events": [],
    "judged": {},
    "still": "they were hung before this was possible",
    "classes": [],
    "layers": 0,
    "prompts": None,
    "walk": None,
    "nearest": None,
    "directions": [],
    "bases": [],
    "film": None,
}
"""What the first records did not tell."""
_JUDGED: dict[str, Any] = {"verdict": "", "headings": ["generated", "real"], "rows": [], "plot": None}
"""What those did not tell of an evaluation, or there was none."""


def read_run(folder: Path) -> dict[str, Any]:
    """Return a run's record, which may come from anybody, with what older ones lack.

    Raises:
        ArtganError: if it is missing or damaged.
    """
    path = folder / RECORD
    if not is_utf8(folder.name):
        raise ArtganError(f"{folder.name} is a name that is no UTF-8, which no page can link: rename it")
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} cannot be read: {one_line(error)}") from error

    if isinstance(run, dict):
        run = _ADDED | run
        if isinstance(run["judged"], dict):
            run["judged"] = _JUDGED | run["judged"]
        works = run.get("works")
        for work in works if isinstance(works, list) else ():
            if isinstance(work, dict):
                work.setdefault("nearest", [])

    if wrong := fault(run, _SCHEMA):
        raise ArtganError(f"{path} does not describe a run: {wrong}")
    return dict(run)


def run_folders(gallery: Path) -> list[Path]:
    """Return the folders of the runs in a gallery, by name, without those that are being made."""
    return [path.parent for path in sorted(gallery.glob(f"[!.]*/{RECORD}"))]


def write_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write a run's record."""
    write_text(folder / RECORD, json.dumps(run, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def bound(modality: Modality, run: Mapping[str, Any]) -> Modality:
    """Return the modality as a run's works need it."""
    return modality.with_spec(Spec(run["modality"], tuple(run["shape"]), presentation=run["presentation"]))


def is_shown_by(run: Mapping[str, Any], registry: Registry) -> bool:
    """Return whether a plugin that is there shows works such as a run's."""
    return run["modality"] in {modality.name for modality in registry.offers(Modality)}


def recipe_tables(recipe: str) -> dict[str, Any]:
    """Return the tables of a recipe that may come from anybody; none where it cannot be read."""
    try:
        return tomllib.loads(recipe)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def component_name(tables: Mapping[str, Any], kind: str) -> str:
    """Return the name of a component in such tables, without its distribution; empty where there is none."""
    table = tables.get(kind)
    name = table.get("name") if isinstance(table, Mapping) else None
    return name.rpartition("/")[2] if isinstance(name, str) else ""


def plugin_names(tables: Mapping[str, Any]) -> list[str]:
    """Return the distributions that such a recipe was made with, as far as their names are such as pip takes."""
    recorded = tables.get("plugins")
    known = recorded if isinstance(recorded, Mapping) else {}
    return [name for name, version in known.items() if version and re.fullmatch(r"[A-Za-z0-9][\w.-]*", name)]
