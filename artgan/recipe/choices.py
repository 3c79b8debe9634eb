"""What a preset chose, in so far as it stands, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..interfaces import Choice
from .recipe import PLAYERS, Tables
from .settings import BUDGETS


def standing(choices: Sequence[Choice], wanted: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return what is left of each choice beneath the later ones and what the user wants; none of which nothing is."""
    left: list[Choice] = []
    for number, choice in enumerate(choices):
        tables: Tables = dict(choice.tables)
        for above in (*(later.tables for later in choices[number + 1 :]), wanted):
            tables = _beneath(tables, above)
        if any(tables.values()):
            left.append(Choice(tables, choice.reason))
    return tuple(left)


def to_text(choice: Choice) -> str:
    """Return a choice in one line: components as the command line takes them, the other settings, and the reason."""
    parts: list[str] = []
    for key, value in choice.tables.items():
        if key in PLAYERS:
            continue
        rows = value if isinstance(value, list) else [value]
        parts += _settings(value, " ") if key == "training" else [f"{key} {_component(row)}" for row in rows if row]
    parts += _optimisers(choice.tables)
    return f"{', '.join(parts)}: {choice.reason}"


def _beneath(tables: Mapping[str, Any], above: Mapping[str, Any]) -> Tables:
    """Return tables without what is set above them, by the rules of `merge`."""
    return {key: _table_beneath(value, above[key]) if key in above else value for key, value in tables.items()}


def _table_beneath(value: Any, above: Any) -> Any:
    if not (isinstance(value, Mapping) and isinstance(above, Mapping)):
        return {}
    if above.get("name", value.get("name")) != value.get("name"):
        return {}  # the options of one component are not another's
    budgets = BUDGETS if any(above.get(budget) for budget in BUDGETS) else ()
    return {option: item for option, item in value.items() if option not in (*above, *budgets)}


def _component(row: Mapping[str, Any], name: str = "name") -> str:
    """Return ``cnn:width=32``, or what is left of it."""
    options = ",".join(_settings({option: value for option, value in row.items() if option != name}, "="))
    return ":".join(part for part in (row.get(name, ""), options) if part)


def _optimisers(tables: Mapping[str, Any]) -> Iterable[str]:
    given = {player: _component(tables[player], "optimiser") for player in PLAYERS if tables.get(player)}
    if len(given) == len(PLAYERS) and len(set(given.values())) == 1:
        return [f"both optimisers {given[PLAYERS[0]]}"]
    return [f"{player} {settings}" for player, settings in given.items()]


def _settings(row: Mapping[str, Any], between: str) -> list[str]:
    return [f"{option}{between}{_value(value)}" for option, value in row.items()]


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
