"""The recipe that the options of `artgan run` ask for; nothing here imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..interfaces.component import split_choice
from ..plugins.registry import Registry
from ..recipe.compose import compose, merge, usual_preset
from ..recipe.recipe import PLAYERS, SEVERAL, SINGLE, Recipe, Tables
from ..recipe.recipe_file import read_toml
from ..recipe.settings import BUDGETS


def compose_given(registry: Registry, given: Mapping[str, Any]) -> Recipe:
    """Return the recipe that the options of the command line ask for.

    Raises:
        UsageError: for anything unknown, out of range, or that does not fit together.
    """
    tables: Tables = {}
    preset: str | None = given["preset"]
    if given["source"]:
        path = Path(given["source"])
        if path.suffix == ".toml" and path.is_file():
            return compose(registry, merge(read_toml(path), _wanted(given)), preset)
        if given["dataset"]:
            raise UsageError(f"give {path} or --dataset, not both")
        dataset = registry.recognise(path)
        tables["dataset"] = {"name": registry.qualified(type(dataset)), **dataset.values()}
    tables = merge(tables, _wanted(given))
    return compose(registry, tables, preset or usual_preset(registry, tables))


def given_budget(given: Mapping[str, Any]) -> Tables:
    """Return the budget among the options of the command line, empty for none.

    Raises:
        UsageError: if there is more than one.
    """
    budget = {key: given[key] for key in BUDGETS if given[key] is not None}
    if len(budget) > 1:
        raise UsageError(f"give one budget, not {' and '.join(f'--{key}' for key in budget)}")
    return budget


def check_resume(given: Mapping[str, Any]) -> None:
    """Check that a run to go on with is changed in nothing but its budget.

    Raises:
        UsageError: naming the option that cannot be changed.
    """
    changed = [key for key, value in given.items() if key not in BUDGETS and value not in (None, ())]
    if changed:
        option = {"source": "DATA", "settings": "--set"}.get(changed[0], f"--{changed[0].replace('_', '-')}")
        raise UsageError(f"--resume goes on with the run's own recipe: leave out {option}, or start a new run")


def _wanted(given: Mapping[str, Any]) -> Tables:
    tables: Tables = {kind: _table(given[kind]) for kind in SINGLE if given[kind]}
    tables |= {kind: [_table(text) for text in given[kind] if text != "none"] for kind in SEVERAL if given[kind]}
    training = given_budget(given) | {
        key: given[key] for key in ("batch", "seed", "pretrain", "evaluate_every") if given[key] is not None
    }
    if training:
        tables["training"] = training
    if given["lr"] is not None:
        tables |= {player: {"lr": given["lr"]} for player in PLAYERS}
    for setting in given["settings"]:
        tables = merge(tables, _setting(setting))
    return tables


def _table(text: str) -> Tables:
    name, options = split_choice(text)
    return {"name": name, **options}


def _setting(text: str) -> Tables:
    key, equals, value = text.partition("=")
    table, dot, option = key.partition(".")
    if not (equals and dot and option):
        raise UsageError(f"cannot read --set {text}: write TABLE.KEY=VALUE, as in training.ema=0.99")
    return {table: {option: value}}
