"""What is known of a plugin without importing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class OptionOffer:
    """One option of a component; see `artgan.interfaces.component.Option`."""

    name: str
    type: str
    default: bool | int | float | str
    allowed: str
    help: str


@dataclass(frozen=True)
class Offer:
    """One component that a plugin offers; see `artgan.interfaces.component.Component`."""

    kind: str
    name: str
    summary: str
    text: str
    modalities: Sequence[str]
    representation: str
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


def parse_entries(rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Return the entries that ``artgan plugins --json`` printed."""
    return [parse_entry(row) for row in rows]


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


def file_stamp(path: str) -> list[int]:
    """Return what changes with a file or folder; empty where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


def parse_entry(values: Mapping[str, Any]) -> Entry:
    """Return the entry that JSON tells of."""
    offers = [
        Offer(**{**offer, "options": [OptionOffer(**option) for option in offer["options"]]})
        for offer in values["offers"]
    ]
    return Entry(**{**values, "offers": offers})
