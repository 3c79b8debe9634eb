"""The checkpoints that a run goes on from."""

from __future__ import annotations

import shutil
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor

from ..artworks.model import Model
from ..artworks.places import RunFolder
from ..errors import ArtganError, one_line
from ..files import in_size
from ..plugins.registry import Registry
from ..recipe.compose import compose
from ..recipe.recipe import Recipe
from ..recipe.recipe_file import differences
from . import checkpoint
from .run_state import RunState

PATIENCE, RETRY_AFTER = 600.0, 5.0
"""Seconds for which a finished run waits for space to save in, and between two attempts."""


class CheckpointStore:
    """A run's checkpoints, of which the newest are kept.

    Args:
        run: the run's folder.
        keep: how many stay.
    """

    def __init__(self, run: RunFolder, *, keep: int) -> None:
        self.run, self.folder, self.keep = run, run.checkpoints, keep

    def check_room(self, tensors: Mapping[str, Tensor], *, others: int) -> None:
        """Check that two checkpoints have room: the one that is written, and the one that is kept until it is.

        Args:
            tensors: what a checkpoint will hold.
            others: how many are kept in folders of their own, as the best is; each needs as much again.

        Raises:
            ArtganError: if they have none.
        """
        place = self.run.path.parent
        needed = 2 * (1 + others) * checkpoint.size_of(tensors)
        free = shutil.disk_usage(place).free
        if free < needed:
            raise ArtganError(
                f"{place} has {in_size(free)} free, and checkpoints of this run need {in_size(needed)}: "
                f"free space or choose another --out"
            )

    def save(self, state: RunState, model: Model) -> Path:
        """Write a checkpoint, and remove the oldest where there are too many.

        Raises:
            CheckpointError: if it cannot be written.
        """
        return state.write(self.folder, model, keep=self.keep)

    def save_when_there_is_room(self, state: RunState, model: Model, tell: Callable[[str], None]) -> Path:
        """Write a checkpoint; where it cannot be written, wait for space.

        Args:
            state: of the run.
            model: of the same moment.
            tell: told in one line what is waited for.

        Raises:
            CheckpointError: if it cannot be written in time.
        """
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.save(state, model)
            except checkpoint.CheckpointError as error:
                if time.monotonic() >= until:
                    raise
                tell(f"{error}; waiting for space, Ctrl-C twice gives up")
                time.sleep(RETRY_AFTER)

    def cut(self, step: int) -> None:
        """Remove those after a step, which the run has gone back to."""
        for found in checkpoint.checkpoints(self.folder):
            if found.name > checkpoint.name_of(step):
                checkpoint.remove(found)

    def any(self) -> bool:
        """Return whether something was saved, whole or damaged."""
        return bool(checkpoint.checkpoints(self.folder))

    def newest(self) -> RunState | None:
        """Read the newest valid checkpoint, if any.

        Raises:
            ArtganError: if it was written by nothing that this version knows.
        """
        found = checkpoint.newest(self.folder)
        return RunState.read(found) if found else None

    def own(
        self, recipe: Recipe, registry: Registry, fingerprint: str | None, report: Callable[[str], None]
    ) -> RunState:
        """Read the newest valid checkpoint, of the same recipe and the same data.

        Args:
            recipe: the run's, as it is now.
            registry: of its components.
            fingerprint: of its data, as they are now; None where they may be others than the run was started with.
            report: told in one line of each checkpoint that had to be passed over.

        Raises:
            ArtganError: if there is none, or the recipe or the data has changed since.
        """
        found = checkpoint.newest(self.folder, report)
        if found is None:
            raise ArtganError(
                f"run {self.run.id} has no valid checkpoint to go on from: "
                f"start a new one with {registry.command('artgan', 'run', self.run.recipe)}"
            )
        state = RunState.read(found)
        self._check_recipe(state.recipe, recipe.public().to_toml(registry), registry)
        if fingerprint not in (None, state.fingerprint):
            raise ArtganError(
                f"dataset {recipe.dataset.name} has changed since run {self.run.id} was started: give back the old "
                f"one, or go on with the new one, where it is of the same size and kind, by --changed-data"
            )
        return state

    def clean(self, report: Callable[[str], None]) -> None:
        """Remove what a process left that died while it saved, and report it in one line each."""
        checkpoint.clean(self.folder, report)

    def _check_recipe(self, saved: str, now: str, registry: Registry) -> None:
        try:
            changed = differences(_completed(saved, registry), now)
        except (ValueError, AttributeError, RecursionError) as error:
            raise ArtganError(f"a checkpoint of run {self.run.id} is not one of artgan's: {one_line(error)}") from None
        if changed:
            raise ArtganError(
                f"the recipe of run {self.run.id} was changed since its checkpoint ({'; '.join(changed)}): "
                f"change it back, or start a new run with {registry.command('artgan', 'run', self.run.recipe)}"
            )


def _completed(saved: str, registry: Registry) -> str:
    """Return a saved recipe with the options that have come since, as they were before: at their defaults."""
    try:
        return compose(registry, tomllib.loads(saved), None).public().to_toml(registry)
    except ArtganError:
        return saved
