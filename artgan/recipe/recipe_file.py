"""Recipes as TOML: read, and compared."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ..errors import UsageError, one_line
from .decay import with_schedules
from .recipe import PLUGINS, Tables
from .settings import BUDGETS

_FREE_TRAINING = (
    *BUDGETS,
    "schedule_steps",
    "collapses",
    "collapsed",
    "threads",
    "log_every",
    "checkpoint_every",
    "keep",
    "snapshots",
    "evaluate_every",
)
FREE = frozenset({"dataset.path", *(f"training.{key}" for key in _FREE_TRAINING)})
"""What of a recipe may change while a run is on its way."""


def differences(before: str, now: str) -> list[str]:
    """Return in words what two recipes do not share, of what a run cannot change on its way.

    Args:
        before: TOML of a complete recipe.
        now: that of another.
    """
    tables = [with_schedules(tomllib.loads(toml)) for toml in (before, now)]
    free = set(FREE)
    if any(recipe.get("training", {}).get("minutes") for recipe in tables):
        free.add("training.pretrain")  # a share, which becomes a number of steps when they are taken
    first, second = _lines(tables[0]), _lines(tables[1])
    return [
        f"{key}: {first.get(key, 'nothing')} → {second.get(key, 'nothing')}"
        for key in sorted((first.keys() | second.keys()) - free)
        if first.get(key) != second.get(key)
    ]


def _lines(tables: Tables) -> dict[str, object]:
    lines: dict[str, object] = {}
    for table, values in tables.items():
        parts = values if isinstance(values, list) else [values]
        for number, part in enumerate(parts):
            place = table if part is values else f"{table}[{number}]"
            lines |= {f"{place}.{key}": value for key, value in part.items()}
    return {key: value for key, value in lines.items() if not key.startswith(f"{PLUGINS}.")}


def read_toml(path: Path) -> Tables:
    """Read a recipe file's tables.

    Raises:
        UsageError: if it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"cannot read recipe {path}: {one_line(error)}") from None
