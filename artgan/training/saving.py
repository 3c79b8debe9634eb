"""What a run keeps of itself: its model and its checkpoints."""

from __future__ import annotations

import shutil
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.model import Model, Provenance
from ..errors import ArtganError
from ..files import in_size
from . import checkpoint
from .best_checkpoint import Quality
from .finite import check_tensors
from .journal import UNSAVED

if TYPE_CHECKING:
    from .run import Run

ALL = 2**31
"""More checkpoints than there ever are."""

PATIENCE, RETRY_AFTER = 600.0, 5.0
"""Seconds for which a finished run waits for space to save in, and between two attempts."""


def check_room(run: Run) -> None:
    """Check that two checkpoints have room: the one that is written, and the one that is kept until it is.

    As many more where the best is kept.

    Raises:
        ArtganError: if they have none.
    """
    needed = (4 if run.recipe.training.evaluate_every else 2) * checkpoint.size_of(run.trainer.state())
    free = shutil.disk_usage(run.folder.parent).free
    if free < needed:
        raise ArtganError(
            f"{run.folder.parent} has {in_size(free)} free, and checkpoints of this run need {in_size(needed)}: "
            f"free space or choose another --out"
        )


def model_of(run: Run) -> Model:
    """Return the average generator as artworks use it."""
    return Model.from_state(
        {name: tensor.detach().cpu() for name, tensor in run.trainer.ema.network.state_dict().items()},
        recipe=run.recipe_toml,
        generator=run.recipe.generator,
        modality=run.modality,
        spec=run.data.spec,
        step=run.trainer.steps,
        provenance=Provenance(
            run=run.id,
            dataset=run.data.title,
            licence=run.data.licence,
            source=run.data.source,
            fingerprint=run.data.fingerprint,
            versions=_versions(run),
            kimg=run.trainer.steps * run.samples_per_step / 1000,
            seconds=round(run.seconds, 3),
        ),
    )


def save_in(run: Run, folder: Path, *, keep: int, again: bool = False, quality: Quality | None = None) -> Path:
    """Write a checkpoint of a run into a folder and return its path.

    Args:
        run: the run.
        folder: where checkpoints are kept.
        keep: how many stay there.
        again: write it though there is one of this step already.
        quality: how good the run was found to be, to be kept in it.

    Raises:
        UnhealthyError: if there is a number in it that is not finite.
        CheckpointError: if it cannot be written.
    """
    tensors = run.trainer.state()
    check_tensors(tensors, run.trainer.steps)
    state = {
        "step": run.trainer.steps,
        "seconds": run.seconds,
        "rollbacks": run.rollbacks,
        "fingerprint": run.data.fingerprint,
        "recipe": run.recipe_toml,
        "versions": _versions(run),
    }
    if quality:
        state["quality"] = [quality.name, quality.value]
    return checkpoint.save_checkpoint(
        folder, tensors=tensors, state=state, save_model=run.model().save, keep=keep, again=again
    )


def save_at_last(run: Run) -> None:
    """Save the last step; where there is no space, wait for some, but not when a signal asked to stop.

    Raises:
        UnhealthyError: if there is a number in it that is not finite.
        CheckpointError: if it cannot be written in time.
    """
    until = time.monotonic() + (0 if run.stopped_by else PATIENCE)
    while True:
        try:
            return run.save()
        except checkpoint.CheckpointError as error:
            if time.monotonic() >= until:
                raise
            run.tell(UNSAVED, f"{error}; waiting for space, Ctrl-C twice gives up")
            time.sleep(RETRY_AFTER)


def _versions(run: Run) -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in ("torch", "numpy", "pillow")}
    return libraries | run.recipe.versions(run.plugins.registry)
