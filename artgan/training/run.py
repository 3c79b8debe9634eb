"""A run: one training in one folder, with its log, checkpoints and snapshots."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from ..artworks.model import Model, Provenance
from ..artworks.places import RunFolder
from ..errors import ArtganError, UsageError
from ..files import write_text
from ..interfaces import Data, Modality, Observer, RunInfo, Tick
from ..plugins.registry import Registry
from ..recipe.recipe import Recipe
from .average_samples import average_samples
from .best_checkpoint import BestCheckpoint
from .checkpoint import CheckpointError
from .checkpoint_store import CheckpointStore
from .clock import Clock
from .finite import UnhealthyError, check_scalars, check_tensors
from .journal import (
    COLLAPSED,
    EVENTS,
    FAILED,
    LOSSES,
    METRICS,
    ROLLED_BACK,
    UNJUDGED,
    UNMEASURED,
    UNSAVED,
    UNWRITTEN,
    Journal,
)
from .lock import locked
from .memory import explain_memory
from .quality_monitor import SAMPLES, QualityMonitor
from .run_state import RunState
from .signals import StopSignals
from .snapshots import SHEET_SEEDS, SLOW_SHEET_SEEDS, Snapshots
from .trainer import Trainer

MAX_ROLLBACKS = 3
"""How often a run goes back to its last healthy checkpoint before it gives up."""


class Run:
    """One training in one folder.

    Attributes:
        folder: where it is kept.
        places: where its parts lie.
        recipe: every choice, its budget in steps.
        data: the real samples.
        modality: what kind of art it makes.
        registry: the components that there are.
        trainer: the game.
        journal: its logs.
        checkpoints: what it goes on from.
        best: the best checkpoint, where quality is judged.
        snapshots: sheets of works on the way.
        monitor: what is measured on the way.
        rollbacks: how often it went back to a healthy checkpoint.
        command: the command line that started it; kept as the first line of the recipe.
        stopped_by: the signal that stopped it, 0 for none.

    Args:
        observer: told how it goes.
        device: where it is trained.

    Raises:
        UsageError: if a component cannot be built for this data.
    """

    def __init__(
        self,
        *,
        folder: Path,
        recipe: Recipe,
        data: Data,
        modality: Modality,
        registry: Registry,
        device: torch.device,
        observer: Observer,
    ) -> None:
        # What is trained, and where.
        self.folder, self.places = folder, RunFolder(folder)
        self.recipe, self.data, self.modality, self.registry = recipe, data, modality, registry
        self._device, self._observer = device, observer
        self.trainer = self._new_trainer()

        # What is kept of it.
        self.journal = Journal(folder)
        self.checkpoints = CheckpointStore(self.places, keep=recipe.training.keep)
        self.best = BestCheckpoint(self.places)
        self.snapshots = Snapshots(self.places.snapshots, modality, recipe.training.snapshots)
        self.monitor = QualityMonitor(registry, data, modality, recipe.training, self._tell_unmeasured)

        # How far it is.
        self._clock = Clock()
        self.command, self.rollbacks, self.stopped_by = "", 0, 0
        self._info = self._described()

    @property
    def id(self) -> str:
        """The run's name: its folder's."""
        return self.places.id

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.recipe.training.steps

    @property
    def kimg(self) -> float:
        """Thousand real samples seen so far."""
        return self.trainer.steps * self.recipe.training.batch * self.recipe.discriminator_optimiser.updates / 1000

    @property
    def seconds(self) -> float:
        """Seconds of training so far, over all sittings."""
        return self._clock.seconds

    @property
    def recipe_toml(self) -> str:
        """The recipe as anybody may see it."""
        return self.recipe.public().to_toml(self.registry)

    def create(self, command: str) -> None:
        """Make the folder, with the complete recipe in it.

        Args:
            command: the command line that started the run.

        Raises:
            UsageError: if there is such a run already, which is never overwritten.
            ArtganError: if the folder cannot be written, or has no room for checkpoints.
        """
        self.command = command
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.checkpoints.check_room(self.trainer.state(), for_best=bool(self.recipe.training.evaluate_every))
            self.folder.mkdir()
            self._write_recipe()
        except FileExistsError:
            raise UsageError(f"there is a run {self.id!r} already: choose another --name, or --resume it") from None
        except OSError as error:
            raise ArtganError(f"cannot write {self.folder}: {error.strerror}; choose another --out") from None

    def restore(self, report: Callable[[str], None], *, changed_data: bool = False) -> None:
        """Go on from the newest valid checkpoint.

        Args:
            report: told in one line of each checkpoint that had to be passed over, and of what was cleaned up.
            changed_data: go on though the data is another than the run was started with.

        Raises:
            ArtganError: if there is none, the recipe or the data has changed since, or another process trains this run.
        """
        fingerprint = None if changed_data else self.data.fingerprint
        state = self.checkpoints.own(self.recipe, self.registry, fingerprint, report)
        with locked(self.folder):
            self._load(state)
            self.checkpoints.clean(report)
            self.best.clean(report)
        first_line = self.places.recipe.read_text(encoding="utf-8").partition("\n")[0]
        self.command = first_line.removeprefix("#").strip()

    def prolong(self, recipe: Recipe) -> None:
        """Take another budget.

        Args:
            recipe: the same choices with other steps.

        Raises:
            UsageError: if the run has taken that many already.
        """
        if recipe.training.steps <= self.trainer.steps:
            raise UsageError(f"run {self.id} has taken {self.trainer.steps} steps already: give a larger budget")
        tensors, step = self.trainer.state(), self.trainer.steps
        self.recipe = recipe
        self.trainer = self._new_trainer()
        self.trainer.load_state(tensors, step)
        self.trainer.shuffle(self.rollbacks)
        self._write_recipe()

    def train(self) -> None:
        """Train to the end, or until a signal asks to stop; either way the last step is saved.

        Raises:
            ArtganError: if another process trains this run, numbers keep becoming infinite, memory runs out, or the
                last checkpoint cannot be written.
        """
        with locked(self.folder), StopSignals() as signals:
            self._clock.start(self.trainer.steps)
            self._info = self._described()
            self._observer.run_started(self._info)
            try:
                if objection := self.monitor.objection():
                    self._tell(UNJUDGED, objection)
                if self.trainer.steps == 0:
                    self._take_snapshot()
                self._train_and_save(signals)
            except ArtganError as error:
                self._tell(FAILED, str(error))
                raise
        if not self.stopped_by:
            self._observer.run_finished(self._info)

    def _train_and_save(self, signals: StopSignals) -> None:
        while True:
            try:
                while self.trainer.steps < self.steps and not signals.received:
                    self._step()
                self.stopped_by = signals.received if self.trainer.steps < self.steps else 0
                self._save_at_last()
                return
            except UnhealthyError as error:
                self._roll_back(error)

    def _step(self) -> None:
        with explain_memory(self.recipe, self.data.spec):
            self.trainer.step()
        training, step = self.recipe.training, self.trainer.steps

        # What is due after it, in the order that `Observer` tells.
        if step % training.log_every == 0 or step == self.steps:
            self._tick()
        if self.monitor.judges(step, self.steps):
            self._judge()
        if self.snapshots.is_due(step, self.steps):
            self._take_snapshot()
        if step % training.checkpoint_every == 0 and step < self.steps:
            self._save_on_the_way()

    def _tick(self) -> None:
        step = self.trainer.steps
        seconds, speed = self._clock.tick(step)
        tick = Tick(
            step=step,
            steps=self.steps,
            kimg=self.kimg,
            seconds=seconds,
            steps_per_second=speed,
            scalars=self.trainer.read_scalars(),
        )
        check_scalars(tick.scalars, step)
        self._write_down(LOSSES, {"step": step, "kimg": tick.kimg, "seconds": round(seconds, 3), **tick.scalars})
        self._observer.run_ticked(self._info, tick)

    def _judge(self) -> None:
        """Measure how good the average generator is, and keep it where it is better than ever; without space, warn."""
        step = self.trainer.steps
        self._check_average()
        judgement = self.monitor.judge(average_samples(self.trainer, range(SAMPLES)), step)
        if judgement.values:
            self._write_down(METRICS, {"step": step, **judgement.values})

        if quality := judgement.quality:
            self._observer.run_judged(self._info, quality)
            if self.best.is_beaten_by(quality):
                try:
                    self.best.replace(self.state(), self.model(), quality)
                except CheckpointError as error:
                    self._tell(UNSAVED, f"{error}; the best so far stays, and training goes on")

    def _take_snapshot(self) -> None:
        """Write a sheet of what the average generator makes of the same latents as ever; without space, warn."""
        step = self.trainer.steps
        self._check_average()
        try:
            snapshot = self.snapshots.take(self._sheet(), step)
        except OSError as error:
            self._tell(
                UNWRITTEN, f"cannot write {self.snapshots.of_step(step).path.name}: {error.strerror}; training goes on"
            )
        else:
            self._observer.run_snapshot_taken(self._info, snapshot)

        # How varied what it makes is.
        if self.monitor.drawn:
            values = self.monitor.measure(average_samples(self.trainer, range(SAMPLES)))
            self._write_down(METRICS, {"step": step, **values})
            if message := self.monitor.new_collapse(values, step, self.steps):
                self._tell(COLLAPSED, message)

    def _sheet(self) -> NDArray[Any]:
        if self.data.spec.vocabulary:
            return self.model().render(SLOW_SHEET_SEEDS)
        return average_samples(self.trainer, SHEET_SEEDS)

    def _check_average(self) -> None:
        check_tensors(self.trainer.ema.network.state_dict(), self.trainer.steps)

    def _roll_back(self, error: UnhealthyError) -> None:
        """Go back to the last healthy checkpoint, or to the start, and on from there with other random numbers."""
        if self.rollbacks == MAX_ROLLBACKS:
            raise ArtganError(
                f"{error}, after {MAX_ROLLBACKS} returns to a healthy checkpoint: lower the learning rates (--lr) or "
                f"add --penalty r1; the checkpoints before are in {self.checkpoints.folder}"
            )

        count, seconds = self.rollbacks + 1, self.seconds
        if state := self.checkpoints.newest():
            self._load(state)
        else:
            self.trainer = self._new_trainer()
            self.journal.cut(0)

        # The numbers must differ from those that led here, and the time since then was spent all the same.
        self.rollbacks = count
        self.trainer.shuffle(count)
        self.trainer.read_scalars()
        self._clock.set(seconds, self.trainer.steps)
        self._tell(
            ROLLED_BACK,
            f"{error}: back to step {self.trainer.steps}, with fresh random numbers ({count} of {MAX_ROLLBACKS})",
        )

    def _load(self, state: RunState) -> None:
        self.trainer.load_state(dict(state.tensors), state.step)
        self.rollbacks = state.rollbacks
        self.trainer.shuffle(state.rollbacks)
        self._clock.set(state.seconds, state.step)
        self.journal.cut(state.step)

    def save(self) -> None:
        """Write a checkpoint.

        Raises:
            UnhealthyError: if there is a number in it that is not finite.
            CheckpointError: if it cannot be written.
        """
        self.checkpoints.save(self.state(), self.model())

    def _save_on_the_way(self) -> None:
        try:
            self.save()
        except CheckpointError as error:
            self._tell(UNSAVED, f"{error}; training goes on, and saves again at the next checkpoint")

    def _save_at_last(self) -> None:
        """Save the last step; where there is no space, wait for some, but not when a signal asked to stop."""
        if self.stopped_by:
            self.save()
        else:
            self.checkpoints.save_when_there_is_room(
                self.state(), self.model(), lambda message: self._tell(UNSAVED, message)
            )

    def state(self) -> RunState:
        """Return all that a checkpoint keeps.

        Raises:
            UnhealthyError: if there is a number in it that is not finite.
        """
        tensors = self.trainer.state()
        check_tensors(tensors, self.trainer.steps)
        return RunState(
            tensors=tensors,
            step=self.trainer.steps,
            seconds=self.seconds,
            rollbacks=self.rollbacks,
            fingerprint=self.data.fingerprint,
            recipe=self.recipe_toml,
        )

    def model(self) -> Model:
        """Return the average generator as artworks use it."""
        libraries = {name: metadata.version(name) for name in ("torch", "numpy", "pillow")}

        return Model.from_state(
            {name: tensor.detach().cpu() for name, tensor in self.trainer.ema.network.state_dict().items()},
            recipe=self.recipe_toml,
            generator=self.recipe.generator,
            modality=self.modality,
            spec=self.data.spec,
            step=self.trainer.steps,
            provenance=Provenance(
                run=self.id,
                dataset=self.data.title,
                licence=self.data.licence,
                source=self.data.source,
                fingerprint=self.data.fingerprint,
                versions=libraries | self.recipe.versions(self.registry),
                kimg=self.kimg,
                seconds=round(self.seconds, 3),
            ),
        )

    def _described(self) -> RunInfo:
        return RunInfo(
            id=self.id,
            folder=self.folder,
            recipe=self.recipe_toml,
            modality=self.modality.name,
            dataset=self.data.title,
            first_step=self.trainer.steps,
            steps=self.steps,
            snapshot=next(reversed(self.snapshots.taken()), None),
        )

    def _new_trainer(self) -> Trainer:
        return Trainer(recipe=self.recipe, data=self.data, modality=self.modality, device=self._device)

    def _write_recipe(self) -> None:
        write_text(self.places.recipe, f"# {self.command}\n\n{self.recipe.to_toml(self.registry)}")

    def _write_down(self, name: str, row: dict[str, Any]) -> None:
        """Append a row to one of the logs; without space, warn."""
        try:
            self.journal.add(name, row)
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write {name}: {error.strerror}; training goes on")

    def _tell(self, event: str, message: str) -> None:
        """Tell observers, and keep for the run's page, something that a person should know."""
        with suppress(OSError):
            self.journal.add(EVENTS, {"step": self.trainer.steps, "event": event, "message": message})
        self._observer.run_warned(self._info, message)

    def _tell_unmeasured(self, message: str) -> None:
        self._tell(UNMEASURED, message)
