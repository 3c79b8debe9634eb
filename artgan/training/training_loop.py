"""The loop that takes a run to its end: step by step, with what is due after each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import torch
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Observer, Tick
from .average_samples import average_samples
from .budget import MinuteBudget, Plan
from .checkpoint import CheckpointError
from .finite import UnhealthyError, check_scalars, check_tensors
from .held_out_loss import held_out_standing, learns_by_likelihood
from .journal import (
    ENDED_EARLY,
    EVENTS,
    FAILED,
    LOSSES,
    METRICS,
    PLANNED,
    ROLLED_BACK,
    SLOWED,
    UNJUDGED,
    UNMEASURED,
    UNSAVED,
    UNWRITTEN,
)
from .memory import explain_memory
from .pace import Pace
from .quality_monitor import QualityMonitor, judged_seeds
from .quality_trend import Standing
from .rollback import go_back
from .run import Run
from .signals import StopSignals
from .snapshots import SHEET_SEEDS, SLOW_SHEET_SEEDS
from .speed_watch import SpeedWatch
from .variety import Variety
from .works_watch import WorksWatch

WORTH_TELLING = 0.1
"""By what share the number of steps must change to be logged."""

MAX_ROLLBACKS = 3
"""How often a run goes back to its last healthy checkpoint before it gives up."""


class TrainingLoop:
    """Trains a run in one go.

    Attributes:
        run: what is trained.
        monitor: what is measured on the way.

    Args:
        observer: told how it goes.
        pace: what a step takes, where the run's budget is in minutes.
    """

    def __init__(self, run: Run, observer: Observer, pace: Pace | None = None) -> None:
        self.run, self._observer, self._info = run, observer, run.info()
        minutes = run.recipe.training.minutes
        self._minutes = MinuteBudget(minutes, pace, run.trainer.changes_from) if minutes and pace else None
        self._told_steps, self._speed = run.steps, SpeedWatch()
        self._watch = WorksWatch(run, self._tell)
        self.monitor = QualityMonitor(run.registry, run.data, run.modality, run.recipe.training, self._tell_unmeasured)

    def train(self) -> int:
        """Train to the end, or until a signal asks to stop; either way the last step is saved.

        Returns:
            The signal that stopped it, 0 where it reached its end.

        Raises:
            ArtganError: if another process trains this run, numbers keep becoming infinite, memory runs out, or the
                last checkpoint cannot be written.
        """
        run = self.run
        with run.held(), StopSignals(run.places.stop_request) as signals:
            run.clock.start(run.trainer.steps)
            self._observer.run_started(self._info)
            try:
                if objection := self.monitor.objection():
                    self._tell(UNJUDGED, objection)
                if run.trainer.steps == 0:
                    self._take_snapshot()
                stopped_by = self._train_and_save(signals)
            except ArtganError as error:
                self._tell(FAILED, str(error))
                raise

        if not stopped_by:
            self._observer.run_finished(self._info)
        return stopped_by

    def _train_and_save(self, signals: StopSignals) -> int:
        run = self.run
        while True:
            try:
                stopped_by = self._play_on(signals)
                if not stopped_by:
                    run.settle()
                self._save_at_last(wait=not stopped_by)
                if not stopped_by:
                    run.returns.remove()
                return stopped_by
            except UnhealthyError as error:
                self._roll_back(error)

    def _play_on(self, signals: StopSignals) -> int:
        """Take steps to the end, or until a signal; return that signal, or 0."""
        run = self.run
        while run.trainer.steps < run.steps:
            plan = self._new_plan() if run.processes.first and not signals.received else None
            stopped_by, order = run.processes.agree(signals.received, plan.to_order() if plan else "")
            if stopped_by:
                return stopped_by
            if order:
                self._follow(Plan.from_order(order, run.recipe.training))
            self._step()
        return 0

    def _new_plan(self) -> Plan | None:
        """Return how many steps the minutes have room for on the machine as it is now, if others than it had before.

        They are in the recipe then; what cannot be written down now is planned anew later.
        """
        run, step = self.run, self.run.trainer.steps
        plan = self._minutes.plan(run.recipe.training, step, run.seconds) if self._minutes else None
        saved = run.checkpoints.newest() if plan and plan.begins_again else None
        if plan is None or (saved and saved.step > 0):
            return None
        try:
            run.write_plan(plan)
        except OSError:
            return None
        return plan

    def _follow(self, plan: Plan) -> None:
        """Take as many steps as are planned now, and tell of it."""
        run = self.run
        run.take_plan(plan)
        if plan.training.schedule_steps:
            went_back = run.rollbacks or run.recipe.training.collapsed
            self._tell(
                ENDED_EARLY,
                f"{'the run went back' if went_back else 'the machine became slower'}, and the minutes are over before "
                f"all steps were taken: {run.id} ends at "
                f"step {run.steps} of {plan.training.schedule_steps}; "
                f"{run.resume_command('--steps', plan.training.schedule_steps)} takes the rest",
            )
        elif abs(run.steps - self._told_steps) > WORTH_TELLING * self._told_steps:
            message = f"{run.steps:,} steps fit the minutes, not {self._told_steps:,}, at the speed of now"
            self._write_down(EVENTS, {"step": run.trainer.steps, "event": PLANNED, "message": message})
            self._told_steps = run.steps

    def _step(self) -> None:
        run, begun = self.run, self.run.seconds
        with explain_memory(run.recipe, run.data.spec):
            run.trainer.step()
        if slower := self._speed.new_slowdown(run.seconds - begun):
            self._tell(SLOWED, f"steps take {slower:.0f} times as long as before: {_advice(run)}")
        training, step = run.recipe.training, run.trainer.steps

        # What is due after it, in the order that `Observer` tells.
        if step % training.log_every == 0 or step == run.steps:
            self._tick()
        if self.monitor.judges(step, run.steps):
            self._judge()
        if run.snapshots.is_due(step, run.steps):
            self._take_snapshot()
        if step % training.checkpoint_every == 0 and step < run.steps:
            self._save_on_the_way()

    def _tick(self) -> None:
        run, step = self.run, self.run.trainer.steps
        seconds, speed = run.clock.tick(step)
        remaining = 60 * run.recipe.training.minutes - seconds if run.recipe.training.minutes else float("inf")
        tick = Tick(
            step=step,
            steps=run.steps,
            kimg=run.kimg,
            seconds=seconds,
            steps_per_second=speed,
            seconds_left=max(0.0, min((run.steps - step) / speed, remaining)),
            scalars=run.trainer.read_scalars(),
        )
        check_scalars(tick.scalars, step)
        self._write_down(LOSSES, {"step": step, "kimg": tick.kimg, "seconds": round(seconds, 3), **tick.scalars})
        self._observer.run_ticked(self._info, tick)

    def _judge(self) -> None:
        """Measure how good the average generator is, and keep it where it is better than ever; without space, warn."""
        run, step = self.run, self.run.trainer.steps
        check_tensors(run.trainer.state(), step)
        if not run.processes.first:
            return
        judgement = self.monitor.judge(average_samples(run.trainer, judged_seeds(run.data)), step)
        if judgement.values:
            self._write_down(METRICS, {"step": step, **judgement.values})

        if quality := judgement.quality:
            self._observer.run_judged(self._info, quality)
            if run.best.is_beaten_by(quality):
                try:
                    run.best.replace(run.state(), run.model(), quality)
                except CheckpointError as error:
                    self._tell(UNSAVED, f"{error}; the best so far stays, and training goes on")

    def _take_snapshot(self) -> None:
        """Write a sheet of what the average generator makes of the same latents as ever; without space, warn."""
        run = self.run
        check_tensors(run.trainer.ema.network.state_dict(), run.trainer.steps)
        measured = self._show_snapshot() if run.processes.first else {}
        if self._watch.act(self.monitor.copied(measured), Variety.of(measured, run.trainer.steps)) and self._minutes:
            self._minutes.forget_speed()

    def _show_snapshot(self) -> Mapping[str, float]:
        """Write the sheet, measure how varied works are and how many are copies, and return the numbers by name."""
        run, step, begun = self.run, self.run.trainer.steps, self.run.seconds
        watches = self.monitor.watches(step, run.steps)
        samples = average_samples(run.trainer, judged_seeds(run.data)) if self.monitor.drawn or watches else None
        try:
            snapshot = run.snapshots.take(self._sheet(samples), step)
        except OSError as error:
            self._tell(
                UNWRITTEN, f"cannot write {run.snapshots.of_step(step).path.name}: {error.strerror}; training goes on"
            )
        else:
            self._observer.run_snapshot_taken(self._info, snapshot)

        # How varied what it makes is.
        values = dict[str, float]()
        if samples is not None:
            values = self.monitor.measure(samples)
            standing = self._standing(samples) if watches else None
            self._write_down(METRICS, {"step": step, **values, **(standing.to_row() if standing else {})})
        if self._minutes:
            self._minutes.add_snapshot(run.seconds - begun)
        return values

    def _standing(self, samples: NDArray[Any]) -> Standing | None:
        """Return how the run stands: by held-out samples where it learns by their likelihood, else by its works."""
        trainer = self.run.trainer
        by_likelihood = learns_by_likelihood(self.run.recipe.training, trainer.steps)
        own = held_out_standing(trainer) if by_likelihood else None
        return own or self.monitor.standing(samples, trainer.steps)

    def _sheet(self, made: NDArray[Any] | None) -> NDArray[Any]:
        """Return what is on a sheet: of pictures, the first of those that were made to be measured, if any were."""
        if self.run.data.spec.vocabulary:
            return self.run.model().render(SLOW_SHEET_SEEDS)
        return average_samples(self.run.trainer, SHEET_SEEDS) if made is None else made[: len(SHEET_SEEDS)]

    def _roll_back(self, error: UnhealthyError) -> None:
        """Go on from the last healthy checkpoint, or give up where that has not helped."""
        run = self.run
        if run.rollbacks == MAX_ROLLBACKS:
            raise ArtganError(
                f"{error}, after {MAX_ROLLBACKS} returns to a healthy checkpoint: lower the learning rates (--lr) or "
                f"add --penalty r1; the checkpoints before are in {run.checkpoints.folder}"
            )

        go_back(run)
        if self._minutes:
            self._minutes.forget_speed()
        count = f"{run.rollbacks} of {MAX_ROLLBACKS}"
        self._tell(ROLLED_BACK, f"{error}: back to step {run.trainer.steps}, with fresh random numbers ({count})")

    def _save_on_the_way(self) -> None:
        try:
            self.run.save()
        except CheckpointError as error:
            self._tell(UNSAVED, f"{error}; training goes on, and saves again at the next checkpoint")

    def _save_at_last(self, *, wait: bool) -> None:
        """Save the last step; where there is no space, wait for some, but not when a signal asked to stop."""
        run = self.run
        if wait and run.processes.first:
            run.checkpoints.save_when_there_is_room(
                run.state(), run.model(), lambda message: self._tell(UNSAVED, message)
            )
        else:
            run.save()
        run.processes.wait()

    def _write_down(self, name: str, row: Mapping[str, Any]) -> None:
        """Append a row to one of the logs; without space, warn."""
        try:
            self.run.journal.add(name, row)
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write {name}: {error.strerror}; training goes on")

    def _tell(self, event: str, message: str) -> None:
        """Tell observers, and keep for the run's page, something that a person should know."""
        with suppress(OSError):
            self.run.journal.add(EVENTS, {"step": self.run.trainer.steps, "event": event, "message": message})
        self._observer.run_warned(self._info, message)

    def _tell_unmeasured(self, message: str) -> None:
        self._tell(UNMEASURED, message)


def _advice(run: Run) -> str:
    """Return what helps against other programs that use the cores."""
    if torch.get_num_threads() == 1 or run.trainer.device.type != "cpu":
        return "other programs use this machine"
    return (
        "other programs use the cores that its threads wait for; "
        f"Ctrl-C saves, and {run.resume_command('--threads', 1)} goes on with one that waits for none"
    )
