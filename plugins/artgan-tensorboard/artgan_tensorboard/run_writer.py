"""The event files of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

if TYPE_CHECKING:
    from artgan.interfaces import Quality, RunInfo, Snapshot, Tick

FOLDER = "tensorboard"
TICK, JUDGEMENT, SNAPSHOT = range(3)
"""The order in which a run tells of one step."""


class RunWriter:
    """Writes the events of one run into its folder ``tensorboard``.

    A run that goes on makes void what was logged after the step that it goes on from. So does one that goes back to a
    checkpoint: what is told next is of a step that was told of before.
    """

    def __init__(self, run: RunInfo) -> None:
        self._folder = run.folder / FOLDER
        self._newest = (run.first_step or -1, SNAPSHOT)  # a new run tells of step 0, too
        self._writer = self._opened(run.first_step + 1 if run.first_step else None)
        if not run.first_step:
            self._writer.add_text("recipe", _as_code(run.recipe), 0)

    def _opened(self, void_from: int | None) -> SummaryWriter:
        """Begin a file; what the files before it hold of a step and all later ones is void."""
        return SummaryWriter(self._folder, purge_step=void_from, flush_secs=10)

    def _reach(self, step: int, place: int) -> None:
        """Prepare for what is told of a step, in its place among what is told of the same step."""
        if (step, place) <= self._newest:
            self._writer.close()
            self._writer = self._opened(step)
        self._newest = (step, place)

    def write_scalars(self, tick: Tick) -> None:
        """Write the scalars of a tick, and let them be seen at once."""
        self._reach(tick.step, TICK)
        for name, value in tick.scalars.items():
            self._writer.add_scalar(_tag(name), value, tick.step)
        self._writer.add_scalar("speed/steps_per_second", tick.steps_per_second, tick.step)
        self._writer.add_scalar("speed/kimg", tick.kimg, tick.step)
        self._writer.flush()

    def write_quality(self, quality: Quality) -> None:
        """Write the number that judges."""
        self._reach(quality.step, JUDGEMENT)
        self._writer.add_scalar(f"quality/{quality.name}", quality.value, quality.step)

    def write_snapshot(self, snapshot: Snapshot) -> None:
        """Write a sheet that is a picture or a text; TensorBoard has no place for others."""
        self._reach(snapshot.step, SNAPSHOT)
        if snapshot.path.suffix in Image.registered_extensions():
            with Image.open(snapshot.path) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            self._writer.add_image("samples", pixels, snapshot.step, dataformats="HWC")
        elif snapshot.path.suffix == ".txt":
            self._writer.add_text("samples", _as_code(snapshot.path.read_text(encoding="utf-8")), snapshot.step)

    def close(self) -> None:
        """Close the files."""
        self._writer.close()


def _tag(name: str) -> str:
    """Turn ``loss_generator`` into ``loss/generator``, so that what belongs together is shown together."""
    return name.replace("_", "/", 1)


def _as_code(text: str) -> str:
    """Return Markdown that shows a text as it is."""
    return "\n".join(f"    {line}" for line in text.splitlines())
