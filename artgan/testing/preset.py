"""Checks of presets: what they choose must compose into a recipe. Imports no torch."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ArtganError
from ..interfaces import Dataset, Generator, Loss, Preset
from ..plugins.registry import Registry
from ..recipe.compose import compose, merge
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt


@dataclass(frozen=True)
class Choice:
    """A preset, and where the names in its tables are looked up."""

    preset: Preset
    registry: Registry

    def tables(self, wanted: dict[str, Any], what: str = "tables()") -> dict[str, Any]:
        """Return its tables for what a user wants."""
        with attempt(what):
            tables = self.preset.tables(wanted)
        if not isinstance(tables, Mapping):
            raise BrokenError(f"{what} returned {type(tables).__name__}: return a mapping of tables")
        return dict(tables)


def look(component: Preset, registry: Registry) -> Findings:
    """Return what is wrong with a preset."""
    findings = Findings()
    findings.look(DECLARATION, component)
    findings.look(PRESET, Choice(component, registry))
    return findings


def composes(choice: Choice) -> Iterator[str]:
    """Find recipes that `artgan run --preset` would refuse."""
    tables = choice.tables({})
    without = {} if "dataset" in tables else {"dataset": {"name": "calligraphy"}}
    try:
        compose(choice.registry, merge(tables, without), None)
    except ArtganError as error:
        yield f"its tables make no recipe ({error}): say all that has no default, and a budget"


def suits_itself_to_what_is_wanted(choice: Choice) -> Iterator[str]:
    """Find presets that trip over a user's choices, or change them."""
    wants: list[dict[str, Any]] = [
        {kind.kind: {"name": name}} for kind in (Dataset, Generator, Loss) for name in choice.registry.names(kind)
    ]
    for wanted in [*wants, {"penalty": [{"name": "r1"}], "training": {"steps": 1}}]:
        before = copy.deepcopy(wanted)
        choice.tables(wanted, f"tables() for {', '.join(before)}")
        if wanted != before:
            yield "tables() changes what it is given: make new tables"
            return


def gives_the_same_again(choice: Choice) -> Iterator[str]:
    """Find presets that keep or draw something, or hand out tables of their own."""
    first = choice.tables({})
    before = copy.deepcopy(first)
    for table in first.values():
        if isinstance(table, dict):
            table["changed"] = True
    if choice.tables({}) != before:
        yield "tables() gives something else the second time: make new tables in each call"


PRESET = [composes, suits_itself_to_what_is_wanted, gives_the_same_again]
