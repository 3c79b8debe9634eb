"""What watches a training, and the records that it is told by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Snapshot:
    """A sheet of what the average generator makes of the same latents as at every snapshot.

    Attributes:
        path: the file, as its modality writes sheets.
        step: the steps that the generator had taken.
        modality: the name of what is on the sheet, such as ``image`` or ``text``.
    """

    path: Path
    step: int
    modality: str


@dataclass(frozen=True)
class RunInfo:
    """What observers know of a run; it stays the same while the run is trained in one go.

    Attributes:
        id: its name.
        folder: where it is kept; what observers write may lie there too.
        recipe: every choice as TOML, without paths.
        modality: the name of what it makes, such as ``image`` or ``text``.
        dataset: the title of what it is trained on.
        first_step: the steps that it had taken before, 0 unless it goes on.
        steps: steps in all; where the budget is in minutes, as planned before: `Tick` has what is planned since.
        snapshot: the newest snapshot from before, if any.
    """

    id: str
    folder: Path
    recipe: str
    modality: str
    dataset: str
    first_step: int
    steps: int
    snapshot: Snapshot | None = None


@dataclass(frozen=True)
class Tick:
    """How far a run is.

    Attributes:
        step: steps taken.
        steps: steps in all.
        kimg: thousand real samples seen.
        seconds: seconds of training so far, over all sittings.
        steps_per_second: speed since the last tick.
        seconds_left: what the steps that remain take at this speed; of a budget in minutes no more than remains of it.
        scalars: the mean of each scalar since the last tick.
    """

    step: int
    steps: int
    kimg: float
    seconds: float
    steps_per_second: float
    seconds_left: float
    scalars: Mapping[str, float]


@dataclass(frozen=True)
class Quality:
    """How good a generator was at a step, by one number of which less is better.

    Attributes:
        step: the steps that it had taken.
        name: what was measured.
        value: the number.
    """

    step: int
    name: str
    value: float


class Observer:
    """What watches a training; each method does nothing unless it is overridden.

    A plugin need not derive from it: it implements those hooks of the same names that it wants. In the training loop,
    they are called so::

        run_started                               # also where a run goes on
        if the run is new: run_snapshot_taken     # of step 0
        for each step:
            the players take their turns
            every training.log_every steps: run_ticked
            every training.evaluate_every steps: run_judged
            after training.snapshots of the steps, close together at first: run_snapshot_taken
            every training.checkpoint_every steps: save
            if a number is not finite: go back to the last checkpoint, run_warned, and on from there
            if a signal came: save, and end without another call
        save
        run_finished

    and `run_warned` whenever something cannot be written or measured, too. Of what comes at the same step, a tick comes
    before a judgement, and a judgement before a snapshot. After a return to a checkpoint, steps come again.
    """

    def run_started(self, run: RunInfo) -> None:
        """See a run begin or go on; called once, before its first step."""

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        """See a run advance; called once per tick of many steps, with the mean of each scalar since the last."""

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        """See how good the average generator is now, where the run is judged as it goes on."""

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        """See a new sheet of works."""

    def run_warned(self, run: RunInfo, message: str) -> None:
        """See what a person should know: the run went back to a checkpoint, or something could not be written."""

    def run_finished(self, run: RunInfo) -> None:
        """See a run reach its end; not called when it is stopped before."""
