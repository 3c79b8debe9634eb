"""Watch artgan's trainings in TensorBoard: scalars, sample grids and the recipe of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import artgan

if TYPE_CHECKING:
    from artgan.training.clock import Tick
    from artgan.training.run import Run

    from .diary import Diary

ARTGAN_API = 1

_diaries: dict[int, Diary] = {}
"""What is being written, by the identity of the run: several may be trained in one process, one after the other."""


@artgan.hookimpl
def run_started(run: Run) -> None:
    """Begin, or go on where the run goes on."""
    from .diary import Diary

    _diaries[id(run)] = Diary(run)


@artgan.hookimpl
def run_ticked(run: Run, tick: Tick) -> None:
    """Write the scalars, and the newest sheet where there is a new one."""
    _diaries[id(run)].note(run, tick)


@artgan.hookimpl
def run_finished(run: Run) -> None:
    """Write the last sheet and end."""
    _diaries.pop(id(run)).close(run)
