"""The checkpoint that a run goes on from, which must be its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import ArtganError, one_line
from ..plugins.registry import Registry
from ..recipe.compose import compose
from ..recipe.recipe_file import differences
from ..schema import fault
from . import checkpoint

if TYPE_CHECKING:
    from .run import Run

STATE = {"seconds": float, "rollbacks": int, "fingerprint": str, "recipe": str}
"""What a run keeps of itself in a checkpoint."""


def own_checkpoint(run: Run, report: Callable[[str], None], *, changed_data: bool) -> checkpoint.Checkpoint:
    """Return a run's newest valid checkpoint, of the same recipe and the same data.

    Args:
        run: the run, as its recipe and its data are now.
        report: told in one line of each checkpoint that had to be passed over.
        changed_data: whether the data may be another.

    Raises:
        ArtganError: if there is none, or the recipe or the data has changed since.
    """
    found = checkpoint.newest(run.checkpoints, report)
    if found is None:
        raise ArtganError(
            f"run {run.id} has no valid checkpoint to go on from: start a new one with artgan run {run.recipe_file}"
        )
    saved = checkpoint.load_checkpoint(found)
    if wrong := fault(saved.state, STATE):
        raise ArtganError(f"checkpoint {found.name} is not one of artgan's: {wrong}")
    _check_recipe(run, saved.state["recipe"])
    if saved.state["fingerprint"] != run.data.fingerprint and not changed_data:
        raise ArtganError(
            f"dataset {run.recipe.dataset.name} has changed since run {run.id} was started: "
            f"give back the old one, or go on with the new one by --changed-data"
        )
    return saved


def _check_recipe(run: Run, saved: str) -> None:
    try:
        changed = differences(_completed(saved, run.plugins.registry), run.recipe_toml)
    except (ValueError, AttributeError, RecursionError) as error:
        raise ArtganError(f"a checkpoint of run {run.id} is not one of artgan's: {one_line(error)}") from None
    if changed:
        raise ArtganError(
            f"the recipe of run {run.id} was changed since its checkpoint ({'; '.join(changed)}): "
            f"change it back, or start a new run with artgan run {run.recipe_file}"
        )


def _completed(saved: str, registry: Registry) -> str:
    """Return a saved recipe with the options that have come since, as they were before: at their defaults."""
    try:
        return compose(registry, tomllib.loads(saved), None).public().to_toml(registry)
    except ArtganError:
        return saved
