"""Where the data of a run lies, which may have been moved since it was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from ..errors import UsageError
from ..plugins.registry import Registry
from ..recipe.recipe import Recipe


def with_data(recipe: Recipe, data: Path | None, *, run: str, again: tuple[object, ...], registry: Registry) -> Recipe:
    """Return a run's recipe whose data is where it lies now.

    Args:
        recipe: the run's.
        data: where it lies now; None for where the recipe says.
        run: the run's name.
        again: the command by which the place can be given after it.
        registry: of the recipe's components.

    Raises:
        UsageError: if nothing is there, or the data is not read from a place.
    """
    if data is None:
        if gone := missing_data(recipe):
            advice = registry.command(*again, "DATA")
            raise UsageError(f"the data of run {run} is no longer at {gone}: give its new place, as in {advice}")
        return recipe

    if "path" not in recipe.dataset.values():
        raise UsageError(
            f"run {run} was trained on {recipe.dataset.name}, which is read from no place: leave out {data}"
        )
    if not data.exists():
        raise UsageError(f"{data} does not exist: give the place where the data of run {run} lies now")
    return replace(recipe, dataset=replace(recipe.dataset, **cast(Any, {"path": str(data.resolve())})))


def missing_data(recipe: Recipe) -> str:
    """Return the place that a recipe's data is read from where nothing is there; else nothing."""
    place = recipe.dataset.values().get("path")
    return place if isinstance(place, str) and place and not Path(place).exists() else ""
