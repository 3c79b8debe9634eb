"""Checks that JSON which may come from anybody has the shape that is expected, before anything is done with it."""

from __future__ import annotations

import json
import math
from typing import Any, NewType

FileName = NewType("FileName", str)
"""A name without folders, as a file beside has."""

LONGEST_NAME = 60

Schema = Any
"""A type, or None, which stands for itself; a tuple of schemas, of which one must fit; ``[schema]`` for a list;
``{str: schema}`` for a table with any names; ``{"name": schema, ...}`` for a table with at least these."""


def fault(value: object, schema: Schema, place: str = "it") -> str:
    """Return what is wrong with a value, and where; nothing if it fits."""
    if isinstance(schema, tuple):
        faults = [fault(value, choice, place) for choice in schema]
        return faults[0] if all(faults) else ""
    if isinstance(schema, list):
        if not isinstance(value, list):
            return f"{place} is no list"
        return _first(fault(item, schema[0], f"{place}[{index}]") for index, item in enumerate(value))
    if isinstance(schema, dict):
        return _table_fault(value, schema, place)
    words = {int: "number", float: "number", bool: "yes or no"}.get(schema, "usable text")
    return "" if _is(value, schema) else f"{place} is no {words}"


def parse_json(text: str) -> Any:
    """Return what JSON holds; unlike `json.loads`, this refuses NaN and infinities, which JSON does not have.

    Raises:
        ValueError: if it is no JSON.
        RecursionError: if it is nested too deeply.
    """
    return json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number that a record may hold")


def _table_fault(value: object, schema: dict[Any, Schema], place: str) -> str:
    if not isinstance(value, dict):
        return f"{place} is no table"
    if str in schema:
        return _first(fault(item, schema[str], f"{place}.{_shown(name)}") for name, item in value.items())
    missing = [name for name in schema if name not in value]
    if missing:
        return f"{place} has no {missing[0]}"
    return _first(fault(value[name], inner, f"{place}.{name}") for name, inner in schema.items())


def _shown(name: str) -> str:
    """Return a name that may come from anybody as a part of one line, cut where it is long."""
    return name if name.isprintable() and len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]!a}…"


def _is(value: object, kind: object) -> bool:
    if kind is None:
        return value is None
    if kind is FileName:
        return isinstance(value, str) and value[:1] not in ("", ".") and not set(value) & set("/\\\0")
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float holds
        return False


def _first(faults: Any) -> str:
    return next((found for found in faults if found), "")
