"""How many steps a budget is; one of minutes is planned anew while its run goes on."""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass, replace
from typing import Self

from ..errors import UsageError
from ..interfaces import Data
from ..recipe.recipe import Recipe
from ..recipe.settings import Training
from .held_out import training_rows
from .pace import Pace

PLANNED_EVERY = 0.01
"""The share of the minutes after which the steps are planned anew."""
LEAST_SECONDS = 0.25
"""Seconds that lie between two plans at least."""
REMEMBERED = 0.1
"""The share of the minutes, until now, over which the speed is taken."""
BEGINS_AGAIN_UNTIL = 0.05
"""The share of the minutes until which a run begins again whose steps depend on their number from the first on."""
WORTH_BEGINNING_AGAIN = 0.1
"""By what share the number of steps must be wrong for that."""
LATEST = 1.08
"""The share of the minutes after which a run ends, whatever was planned."""


def in_steps(recipe: Recipe, data: Data, pace: Pace) -> int:
    """Return a recipe's budget in steps.

    Args:
        recipe: what is trained.
        data: the samples, of which some are held out.
        pace: what a step takes.

    Raises:
        UsageError: if that is less than one step, or if pre-training leaves none for the game.
    """
    training = recipe.training
    seen = training.batch * recipe.discriminator_optimiser.updates
    if training.minutes:
        steps = steps_in(60 * training.minutes, training, pace)
    else:
        steps = (
            training.steps
            or math.ceil(training.epochs * len(training_rows(data, training)) / seen)
            or math.ceil(training.kimg * 1000 / seen)
        )
    _check(recipe.with_steps(steps).training, training.minutes, pace)
    return steps


def steps_in(seconds: float, training: Training, pace: Pace, step: int = 0) -> int:
    """Return how many steps a run will have taken when so many seconds more are over.

    Args:
        seconds: that are left.
        training: says how many steps, or which share of all, pre-train.
        pace: what a step takes.
        step: steps taken already.
    """
    share = training.pretrain
    if share > 1:
        ahead = max(0, int(share) - step)
        if seconds <= ahead * pace.pretraining:
            return step + int(seconds / pace.pretraining)
        return step + ahead + int((seconds - ahead * pace.pretraining) / pace.playing)

    # The share is of all steps: those taken already pre-trained if it is larger than they are.
    steps = (seconds + step * pace.pretraining) / (share * pace.pretraining + (1 - share) * pace.playing)
    return int(steps) if step < share * steps else step + int(seconds / pace.playing)


def _check(training: Training, minutes: float, pace: Pace) -> None:
    first = pace.pretraining if training.pretrain else pace.playing
    if training.steps < 1:
        raise UsageError(f"the budget is less than one step, which takes {first:.2f} s: give more --minutes")
    if training.pretraining_steps >= training.steps and training.pretrain != 1:
        budget = f"{minutes:g} minutes, which are about {training.steps:,} steps" if minutes else f"{training.steps:,}"
        raise UsageError(
            f"pre-training takes {training.pretraining_steps:,} steps of {budget}, so that the game is never played: "
            f"give --pretrain 0.5 for half of the run, a larger budget, or --preset mle for maximum likelihood alone"
        )


@dataclass(frozen=True)
class Plan:
    """How a run goes on.

    Attributes:
        training: with the steps that are planned now.
        begins_again: whether it must begin again, since what was played depends on how many there are.
    """

    training: Training
    begins_again: bool = False

    def to_order(self) -> str:
        """Return it as text for other processes, which know the training as it was before."""
        training = self.training
        return json.dumps([training.steps, training.schedule_steps, training.pretrain, self.begins_again])

    @classmethod
    def from_order(cls, order: str, training: Training) -> Self:
        """Return the plan of a text.

        Args:
            order: of `to_order`.
            training: as it is before.
        """
        steps, schedule_steps, pretrain, begins_again = json.loads(order)
        return cls(replace(training, steps=steps, schedule_steps=schedule_steps, pretrain=pretrain), begins_again)


class MinuteBudget:
    """Plans how many steps fit the minutes of a run, anew while it goes on, on a machine whose speed changes.

    What was played must be the same with the new number: so it can change until the first schedule does. Where steps
    depend on it from the first on, the run begins again instead, as long as hardly anything was played. A run that
    becomes slower later ends when the minutes are over, before its schedules do.

    Args:
        minutes: of training, in all sittings.
        pace: what a step takes, as measured before.
        changes_from: the share of the run until which nothing depends on how many steps it has.
    """

    def __init__(self, minutes: float, pace: Pace, changes_from: float) -> None:
        self.seconds, self.pace, self.changes_from = 60 * minutes, pace, changes_from
        self._marks: deque[tuple[float, int]] = deque()
        self._snapshots, self._snapshot_seconds = 0, 0.0
        self._planned_at = 0.0

    def add_snapshot(self, seconds: float) -> None:
        """Know what a snapshot took: they lie close together at first, when speed with them would mislead."""
        self._snapshots, self._snapshot_seconds = self._snapshots + 1, self._snapshot_seconds + seconds

    def forget_speed(self) -> None:
        """Take the speed from now on, since the run has gone back."""
        self._marks.clear()

    def plan(self, training: Training, step: int, seconds: float) -> Plan | None:
        """Return how many steps fit now, if that is another number than before; to be asked before each step.

        Args:
            training: as planned before.
            step: steps taken.
            seconds: seconds of training so far.
        """
        next_step = self.pace.pretraining if step < training.pretraining_steps else self.pace.playing
        if seconds + next_step > LATEST * self.seconds and step + 1 < training.steps:
            return Plan(replace(training, steps=step + 1, schedule_steps=training.steps))
        if self._marks and not self._is_due(training, step, seconds):
            return None
        planned, self._planned_at = None, seconds
        if self._marks and step > self._marks[0][1]:
            self._measure(training, step, seconds)
            replan = self._prolonged if self.changes_from else self._anew
            planned = replan(training, step, seconds)

        if planned and planned.begins_again:
            self._marks.clear()
        else:
            self._remember(planned.training if planned else training, step, seconds)
        return planned

    def _is_due(self, training: Training, step: int, seconds: float) -> bool:
        """Return whether a while has passed, or the next step ends what went before."""
        waited = seconds - self._planned_at >= max(PLANNED_EVERY * self.seconds, LEAST_SECONDS)
        return waited or step == training.pretraining_steps or step == math.ceil(self._border(training))

    def _border(self, training: Training) -> float:
        """Return after how many steps the first of them depends on how many there are."""
        share = training.pretrain if 0 < training.pretrain < 1 else 1.0
        return min(share, self.changes_from) * training.steps

    def _measure(self, training: Training, step: int, seconds: float) -> None:
        """Take the pace of now; where one kind of step has become slower, the other has by as much."""
        begun, first = self._marks[0]
        stepping = seconds - self._snapshot_seconds - begun
        if stepping > 0:
            self.pace = self.pace.scaled_to(stepping / (step - first), pretrains=first < training.pretraining_steps)

    def _left(self, training: Training, step: int, seconds: float) -> float:
        """Return the seconds that are left for steps."""
        taken = training.snapshots * math.sqrt(min(1.0, step / training.steps))
        each = self._snapshot_seconds / max(1, self._snapshots)
        return max(0.0, self.seconds - seconds - each * (training.snapshots - taken))

    def _remember(self, training: Training, step: int, seconds: float) -> None:
        if step >= training.pretraining_steps and self._marks and self._marks[0][1] < training.pretraining_steps:
            self._marks.clear()  # the steps to come are of the other kind
        self._marks.append((seconds - self._snapshot_seconds, step))
        while len(self._marks) > 2 and self._marks[1][0] < self._marks[-1][0] - REMEMBERED * self.seconds:
            self._marks.popleft()

    def _anew(self, training: Training, step: int, seconds: float) -> Plan | None:
        steps = max(1, steps_in(self._left(training, 0, seconds), training, self.pace))
        wrong = abs(steps - training.steps) > WORTH_BEGINNING_AGAIN * training.steps
        if not wrong or seconds > BEGINS_AGAIN_UNTIL * self.seconds:
            return None
        return Plan(replace(training, steps=steps), begins_again=True)

    def _prolonged(self, training: Training, step: int, seconds: float) -> Plan | None:
        border = self._border(training)
        if step - 1 > border:
            return None

        # Fewer steps would have changed what was played already.
        least = math.ceil((step - 1) * training.steps / border)
        steps = max(steps_in(self._left(training, step, seconds), training, self.pace, step), least, step + 1)
        planned = replace(training, steps=steps)
        if 0 < training.pretrain < 1 and step >= planned.pretraining_steps:
            pretrained = min(step, training.pretraining_steps)
            if pretrained == 1:
                return None  # which would be all of them
            planned = replace(planned, pretrain=float(pretrained))
        return Plan(planned) if planned != training else None
