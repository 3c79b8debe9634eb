"""Reads the items of JSON, and of JSON lines, with what of them is text."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from artgan import ArtganError, parse_json, printable

from .table_row import ALONE, Row
from .text_lines import lines_of

JSON, JSON_LINES = frozenset({".json"}), frozenset({".jsonl", ".ndjson"})
MAX_JSON = 2**23
"""Bytes of the largest JSON that is read, which is read whole."""


def json_line_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the items of JSON lines."""
    with path.open("rb") as file:
        for number, line, fault in lines_of(file):
            if line.strip() or fault:
                yield _record(f"line {number}", line, fault)


def _record(place: str, line: str, fault: str) -> Row:
    if fault:
        return Row(place, {}, fault)
    try:
        return Row(place, _cells(parse_json(line)))
    except (ValueError, RecursionError):
        return Row(place, {}, "is no JSON")


def json_rows(path: Path) -> Generator[Row, None, None]:
    """Yield the items of a list, or of the longest list that an object holds, or the values of an object."""
    with path.open("rb") as file:
        content = file.read(MAX_JSON + 1)
    if len(content) > MAX_JSON:
        large = f"{printable(path.name)} is larger than {MAX_JSON >> 20} MB"
        raise ArtganError(f"{large}: write it as JSON lines (.jsonl), an item a line")
    try:
        found = parse_json(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ArtganError(
            f"{printable(path.name)} is no JSON: mend it, or name it .jsonl if each line is JSON of its own"
        ) from None

    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = max(lists, key=len) if lists else list(found.values())
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        yield Row(f"item {number}", _cells(item))


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
