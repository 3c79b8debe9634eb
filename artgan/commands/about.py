"""`artgan about`: what a work tells of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from ..plugins.registry import Registry

LONGEST = 300
MANY = 8
"""Longer lists are counted."""


@click.command()
@click.argument("work", type=click.Path(path_type=Path, dir_okay=False))
@plugin_option
def about(work: Path, plugin: Sequence[str]) -> None:
    """Print the record of WORK, a walk, or the JSON beside one: what made it, from which seeds, and from what data.

    A file may come from anybody: what it tells is not proved (`artgan remake` proves it), and signs that would move the
    cursor or turn the writing around are shown by their numbers.
    """
    from ..plugins.loader import load_plugins

    for name, value in _lines(_record(work, load_plugins(plugin).registry)):
        click.echo(f"{_plain(name)}: {_plain(value)}")


def _record(path: Path, registry: Registry) -> Mapping[str, object]:
    """Return the record of a work or a walk, which may end alike, or of the JSON that lies beside one."""
    from ..artworks.record import read_record_file
    from ..artworks.walk import checked_walk, is_walk, read_beside, read_walk
    from ..artworks.work import checked, read_work
    from ..errors import ArtganError
    from .remake import modality_of

    suffix = path.suffix.lower()
    if suffix == ".json":
        record = read_record_file(path)
        return checked_walk(record, path) if "walk" in record else checked(record, path)
    modality = modality_of(path, registry, moving=True)
    if suffix in modality.walk_suffixes and (suffix != modality.suffix or is_walk(path, modality)):
        return read_walk(path, modality)
    try:
        return read_work(path, modality).record
    except ArtganError:
        beside = read_beside(path)
        if "walk" not in beside:
            raise
    return checked_walk(beside, path)


def _lines(record: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield a record's names and values, tables within it by their full names, those in lists by their places."""
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{before}{name}.")
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield from _lines({str(place): item for place, item in enumerate(value, start=1)}, f"{before}{name}.")
        else:
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            many = f"{len(value)} numbers: " if isinstance(value, list) and len(value) > MANY else ""
            yield f"{before}{name}".replace("_", " "), many + words


def _plain(text: str) -> str:
    """Return text as one line that does nothing to a terminal, cut where it is long."""
    shown = "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text[:LONGEST])
    return f"{shown}…" if len(text) > LONGEST else shown
