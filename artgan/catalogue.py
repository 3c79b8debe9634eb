"""What the installed plugins offer, known without importing them: remembered from when each was last loaded.

A plugin is loaded anew when its distribution, one of its files, artgan or Python has changed, and each time while
something is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import __version__
from .environment import allowed, plugin_files
from .files import cache_folder, write_text

FORMAT = 1

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class OptionOffer:
    """One option of a component; see `artgan.components.Option`."""

    name: str
    type: str
    default: bool | int | float | str
    allowed: str
    help: str


@dataclass(frozen=True)
class Offer:
    """One component that a plugin offers; see `artgan.components.Component`."""

    kind: str
    name: str
    summary: str
    text: str
    modalities: Sequence[str]
    paper: str
    options: Sequence[OptionOffer]


@dataclass(frozen=True)
class Entry:
    """One plugin.

    Attributes:
        plugin: the name of its entry point, or of its file.
        distribution: the distribution that brought it.
        version: the distribution's version, empty for a single file.
        target: what is imported.
        api: the version of the plugin API that it was made for; None where it could not be imported.
        offers: its components.
        hooks: the other hooks that it implements.
        commands: the help of each command that it adds, by name.
        problems: what was left out, and why.
        load_seconds: how long it took to load.
        imported_torch: whether it imported torch, which it should not.
    """

    plugin: str
    distribution: str
    version: str
    target: str
    api: int | None
    offers: Sequence[Offer]
    hooks: Sequence[str]
    commands: Mapping[str, str]
    problems: Sequence[str]
    load_seconds: float
    imported_torch: bool


@dataclass(frozen=True)
class Catalogue:
    """What all plugins offer."""

    entries: Sequence[Entry]

    def kinds(self) -> list[str]:
        """Return the kinds that have components."""
        return sorted({offer.kind for entry in self.entries for offer in entry.offers})

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[tuple[Entry, Offer]]]:
        found: dict[tuple[str, str], list[tuple[Entry, Offer]]] = {}
        for entry in self.entries:
            for offer in entry.offers:
                found.setdefault((offer.kind, offer.name), []).append((entry, offer))
        return found

    def named(self, kind: str) -> dict[str, tuple[Entry, Offer]]:
        """Return the components of a kind by name in order; a name offered twice becomes ``distribution/name``."""
        found = {}
        for (offered, name), offers in self._by_name.items():
            if offered == kind:
                for entry, offer in offers:
                    found[name if len(offers) == 1 else f"{entry.distribution}/{name}"] = entry, offer
        return dict(sorted(found.items()))

    @property
    def commands(self) -> dict[str, str]:
        """The help of each command that plugins add, by name."""
        return {name: help for entry in self.entries for name, help in entry.commands.items()}


def read_catalogue(files: Iterable[str] = (), *, load_changed: bool = True) -> Catalogue:
    """Return what the built-in plugin, the installed ones and the given files offer.

    The environment variables that `artgan.plugins.load_plugins` obeys count here too.

    Args:
        files: single-file plugins or package folders; these are always loaded.
        load_changed: whether to load what is not remembered as it is now; else it is left out.

    Raises:
        ArtganError: under ``ARTGAN_STRICT=1`` if anything was left out.
    """
    remembered, stamp = _read_memory(), _stamp()
    known = {row.key: row for row in remembered.rows if row.is_fresh()}
    loose: list[Row] = []
    if remembered.stamp == stamp and len(known) == len(remembered.rows) and not files and not plugin_files():
        rows = list(remembered.rows)
    elif load_changed:
        from .indexing import index_files, index_installed

        rows, loose = index_installed(known), index_files(files)
        if (memory := _Memory(stamp, rows)) != remembered and "ARTGAN_LOAD_PLUGINS" not in os.environ:
            _write_memory(memory)
    else:
        rows = list(known.values()) if remembered.stamp == stamp else []
    rows = [row for row in rows if allowed(row.entry.plugin, row.entry.distribution)]
    return Catalogue([row.entry for row in (*rows, *loose)])


def parse_entries(rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Return the entries that ``artgan plugins --json`` printed."""
    return [_entry(row) for row in rows]


def forget() -> None:
    """Forget everything, so that all plugins are loaded when next asked for."""
    _memory_path().unlink(missing_ok=True)


@dataclass(frozen=True)
class Row:
    """A plugin as it was when it was last loaded, and the stamp of each of its files."""

    entry: Entry
    files: Mapping[str, Sequence[int]]

    @property
    def key(self) -> Key:
        """What tells the plugin from others, and from other versions of itself."""
        entry = self.entry
        return entry.plugin, entry.distribution, entry.version, entry.target

    def is_fresh(self) -> bool:
        """Return whether nothing was wrong with the plugin, and none of its files has changed."""
        return not self.entry.problems and all(file_stamp(path) == stamp for path, stamp in self.files.items())


@dataclass(frozen=True)
class _Memory:
    stamp: Sequence[Any]
    rows: Sequence[Row]


def _memory_path() -> Path:
    environment = hashlib.sha256(f"{sys.prefix}\0{sys.version}".encode()).hexdigest()[:16]
    return cache_folder() / f"plugins-{environment}.json"


def _stamp() -> list[Any]:
    """Return what changes whenever a distribution comes or goes; the first of ``sys.path`` is the script's own."""
    return [FORMAT, __version__, sys.version, *([path, *file_stamp(path)] for path in sys.path[1:])]


def file_stamp(path: str) -> list[int]:
    """Return what changes with a file or folder; empty where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


def _read_memory() -> _Memory:
    try:
        memory = json.loads(_memory_path().read_bytes())
        return _Memory(memory["stamp"], [Row(_entry(row["entry"]), row["files"]) for row in memory["rows"]])
    except (OSError, ValueError, LookupError, TypeError):
        return _Memory([], [])


def _write_memory(memory: _Memory) -> None:
    with suppress(OSError):  # without a memory the plugins are loaded each time
        write_text(_memory_path(), json.dumps(asdict(memory)))


def _entry(values: Mapping[str, Any]) -> Entry:
    offers = [
        Offer(**{**offer, "options": [OptionOffer(**option) for option in offer["options"]]})
        for offer in values["offers"]
    ]
    return Entry(**{**values, "offers": offers})
