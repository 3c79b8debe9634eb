"""The names of components as recipes write them, which mean the same whatever else is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import UsageError
from ..interfaces.component import Component
from ..plugins.registry import Registry
from .recipe import PLUGINS, SEVERAL, SINGLE, Tables


def with_qualified_names(registry: Registry, tables: Mapping[str, Any]) -> Tables:
    """Return tables that name what a plugin offers with its distribution, and what comes with artgan without.

    A name that nothing offers stays. Where several plugins offer one that an older recipe wrote without a distribution,
    the plugin is meant that it was made with.

    Args:
        registry: where names are looked up.
        tables: of a recipe, checked or not.
    """
    recorded = tables.get(PLUGINS)
    made_with = recorded.keys() if isinstance(recorded, Mapping) else ()

    named = dict(tables)
    for key, kind in SINGLE.items():
        if key in tables:
            named[key] = _named(registry, kind, tables[key], made_with)
    for key, kind in SEVERAL.items():
        if isinstance(tables.get(key), list):
            named[key] = [_named(registry, kind, row, made_with) for row in tables[key]]
    return named


def _named(registry: Registry, kind: type[Component], row: Any, made_with: Iterable[str]) -> Any:
    name = row.get("name") if isinstance(row, Mapping) else None
    if not isinstance(name, str):
        return row
    try:
        return {**row, "name": registry.qualified(registry.get(kind, name, made_with=made_with))}
    except UsageError:
        return row
