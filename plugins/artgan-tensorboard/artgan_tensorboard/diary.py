"""The event files of a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

if TYPE_CHECKING:
    from pathlib import Path

    from artgan.training.clock import Tick
    from artgan.training.run import Run

FOLDER = "tensorboard"


class Diary:
    """Writes the events of one run into its folder ``tensorboard``.

    A run that goes on makes void what was logged after the step that it goes on from.
    """

    def __init__(self, run: Run) -> None:
        step = run.trainer.steps
        again = {"purge_step": step + 1} if step else {}
        self._writer = SummaryWriter(run.folder / FOLDER, flush_secs=10, **again)
        self._shown = run.snapshot if step else None
        if not step:
            self._writer.add_text("recipe", _as_code(run.recipe_toml), 0)
        self._show(run)

    def note(self, run: Run, tick: Tick) -> None:
        """Write the scalars of a tick, and the newest sheet."""
        for name, value in tick.scalars.items():
            self._writer.add_scalar(_tag(name), value, tick.step)
        self._writer.add_scalar("speed/steps_per_second", tick.steps_per_second, tick.step)
        self._writer.add_scalar("speed/kimg", tick.kimg, tick.step)
        self._show(run)
        self._writer.flush()

    def close(self, run: Run) -> None:
        """Write the last sheet and close the files."""
        self._show(run)
        self._writer.close()

    def _show(self, run: Run) -> None:
        if run.snapshot is None or run.snapshot == self._shown:
            return
        with Image.open(run.snapshot) as picture:
            self._writer.add_image(
                "samples", np.asarray(picture.convert("RGB")), _step(run.snapshot), dataformats="HWC"
            )
        self._shown = run.snapshot


def _tag(name: str) -> str:
    """Turn ``loss_generator`` into ``loss/generator``, so that what belongs together is shown together."""
    return name.replace("_", "/", 1)


def _step(snapshot: Path) -> int:
    """Return the step of a sheet, which is named by it."""
    (step,) = re.findall(r"\d+", snapshot.stem)
    return int(step)


def _as_code(toml: str) -> str:
    """Return Markdown that shows a text as it is."""
    return "\n".join(f"    {line}" for line in toml.splitlines())
