"""Recipes as TOML: read, and compared."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ..errors import UsageError, one_line
from .decay import with_schedules
from .recipe import PLUGINS, Tables
from .settings import BUDGETS


def differences(before: str, now: str) -> list[str]:
    """Return in words what two recipes do not share, of what a run cannot change on its way.

    Args:
        before: TOML of a complete recipe.
        now: that of another.
    """
    first, second = _lines(with_schedules(tomllib.loads(before))), _lines(with_schedules(tomllib.loads(now)))
    return [
        f"{key}: {first.get(key, 'nothing')} → {second.get(key, 'nothing')}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _lines(tables: Tables) -> dict[str, object]:
    lines: dict[str, object] = {}
    for table, values in tables.items():
        parts = values if isinstance(values, list) else [values]
        for number, part in enumerate(parts):
            place = table if part is values else f"{table}[{number}]"
            lines |= {f"{place}.{key}": value for key, value in part.items()}
    free = {
        f"training.{key}" for key in (*BUDGETS, "log_every", "checkpoint_every", "keep", "snapshots", "evaluate_every")
    }
    return {
        key: value
        for key, value in lines.items()
        if key not in free and key != "dataset.path" and not key.startswith(f"{PLUGINS}.")
    }


def read_toml(path: Path) -> Tables:
    """Read a recipe file's tables.

    Raises:
        UsageError: if it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"cannot read recipe {path}: {one_line(error)}") from None
