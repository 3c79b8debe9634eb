"""Reads the items of JSON, and of JSON lines, with what of them is text."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

from .table_row import ALONE, SAMPLED, Row
from .text_lines import TOO_LONG, lines_of

JSON, JSON_LINES = frozenset({".json"}), frozenset({".jsonl", ".ndjson"})
MAX_JSON = 2**23
"""Bytes of the largest JSON that is read, which is read whole."""


def json_line_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the items of JSON lines."""
    with path.open("rb") as file:
        for number, line, fault in lines_of(file):
            if line.strip() or fault:
                yield _record(f"line {number}", line, fault)


def json_cells(text: str) -> dict[str, str]:
    """Return what of one item is text, by name; nothing where it is no JSON."""
    try:
        return _cells(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _record(place: str, line: str, fault: str) -> Row:
    if fault:
        return Row(place, {}, fault)
    try:
        return Row(place, _cells(json.loads(line)))
    except (ValueError, RecursionError):
        return Row(place, {}, "is no JSON")


def json_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the items of a list, or of the list with most texts that an object holds, or the values of an object."""
    with path.open("rb") as file:
        content = file.read(MAX_JSON + 1)
    if len(content) > MAX_JSON:
        yield Row("the file", {}, f"{TOO_LONG} {MAX_JSON >> 20} MB: write it as JSON lines (.jsonl), an item a line")
        return
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        yield Row("the file", {}, "is no JSON: mend it, or name it .jsonl if each line is JSON of its own")
        return

    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = max(lists, key=_texts_in) if lists else list(found.values())
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        yield Row(f"item {number}", _cells(item))


def _texts_in(items: list[object]) -> tuple[int, int]:
    """Return how many items hold text, of those that are looked at, and how many there are."""
    return sum(bool(_cells(item)) for item in items[:SAMPLED]), len(items)


def _cells(item: object) -> dict[str, str]:
    """Return what of an item of JSON is text: a string, a list of lines, or such under a name."""
    named = item if isinstance(item, dict) else {ALONE: item}
    cells: dict[str, str] = {}
    for name, value in named.items():
        if isinstance(value, str):
            cells[name] = value
        elif isinstance(value, list) and all(isinstance(line, str) for line in value):
            cells[name] = "\n".join(value)
    return cells
