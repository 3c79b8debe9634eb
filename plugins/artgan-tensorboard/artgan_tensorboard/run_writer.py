"""The event files of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

if TYPE_CHECKING:
    from artgan.interfaces import Quality, RunInfo, Snapshot, Tick

FOLDER = "tensorboard"


class RunWriter:
    """Writes the events of one run into its folder ``tensorboard``.

    A run that goes on makes void what was logged after the step that it goes on from.
    """

    def __init__(self, run: RunInfo) -> None:
        again = {"purge_step": run.first_step + 1} if run.first_step else {}
        self._writer = SummaryWriter(run.folder / FOLDER, flush_secs=10, **again)
        if not run.first_step:
            self._writer.add_text("recipe", _as_code(run.recipe), 0)

    def write_scalars(self, tick: Tick) -> None:
        """Write the scalars of a tick, and let them be seen at once."""
        for name, value in tick.scalars.items():
            self._writer.add_scalar(_tag(name), value, tick.step)
        self._writer.add_scalar("speed/steps_per_second", tick.steps_per_second, tick.step)
        self._writer.add_scalar("speed/kimg", tick.kimg, tick.step)
        self._writer.flush()

    def write_quality(self, quality: Quality) -> None:
        """Write the number that judges."""
        self._writer.add_scalar(f"quality/{quality.name}", quality.value, quality.step)

    def write_snapshot(self, snapshot: Snapshot) -> None:
        """Write a sheet of pictures or of texts; TensorBoard has no place for others."""
        if snapshot.modality == "image":
            with Image.open(snapshot.path) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            self._writer.add_image("samples", pixels, snapshot.step, dataformats="HWC")
        elif snapshot.modality == "text":
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
