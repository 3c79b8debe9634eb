"""`artgan about`: what a work tells of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from .options import json_option, plugin_option
from .terminal import echo, echo_json

LONGEST_VALUE = 300
"""Signs of a value that are shown."""

COUNTED_FROM = 9
"""Lists of so many items, or more, are counted."""


@click.command(short_help="Print what a work or a walk tells of itself.")
@click.argument("work", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@plugin_option
def about(work: Path, as_json: bool, plugin: Sequence[str]) -> None:
    """Print the record of WORK, a walk, or the JSON beside one: what made it, from which seeds, and from what data.

    A file may come from anybody: what it tells is not proved (`artgan remake` proves it), and signs that would move the
    cursor or turn the writing around are shown by their numbers.
    """
    from ..api import about as read_about
    from ..plugins.loader import load_plugins

    record = read_about(work, plugins=load_plugins(plugin))
    if as_json:
        echo_json(record)
        return
    for name, value in _lines(record):
        echo(f"{_cut(name)}: {_cut(value)}")


def _lines(record: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield a record's names and values, tables within it by their full names, those in lists by their places.

    What is empty is left out.
    """
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{before}{name}.")
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield from _lines({str(place): item for place, item in enumerate(value, start=1)}, f"{before}{name}.")
        elif value not in ("", []):
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            many = f"{len(value)} numbers: " if isinstance(value, list) and len(value) >= COUNTED_FROM else ""
            yield f"{before}{name}".replace("_", " "), many + words


def _cut(text: str) -> str:
    return f"{text[:LONGEST_VALUE]}…" if len(text) > LONGEST_VALUE else text
