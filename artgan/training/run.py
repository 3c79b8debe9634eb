"""A run: one training in one folder, with its log, checkpoints and snapshots."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from ..artworks.model import Model
from ..artworks.places import RunFolder
from ..errors import ArtganError, UsageError
from ..files import write_text
from ..interfaces import Data, Modality
from ..plugins.loader import Plugins
from ..recipe.recipe import Recipe
from . import checkpoint
from .best_checkpoint import Best, Quality
from .clock import Clock, Tick
from .finite import UnhealthyError, check_scalars
from .journal import EVENTS, FAILED, LOSSES, ROLLED_BACK, UNMEASURED, UNSAVED, UNWRITTEN, Journal
from .lock import locked
from .measuring import Measures
from .memory import explain_memory
from .restoring import own_checkpoint
from .saving import check_room, model_of, save_at_last, save_in
from .signals import StopSignals
from .trainer import Trainer
from .watching import check_judge, judge, take_snapshot

ROLLBACKS = 3
"""How often a run goes back to its last healthy checkpoint before it gives up."""


class Run:
    """One training in one folder.

    Attributes:
        folder: where it is kept.
        places: where its parts lie.
        recipe: every choice, its budget in steps.
        data: the real samples.
        modality: what kind of art it makes.
        plugins: what is told of its progress.
        trainer: the game.
        measures: what is measured on the way.
        journal: its logs.
        rollbacks: how often it went back to a healthy checkpoint.
        command: the command line that started it; kept as the first line of the recipe.
        snapshot: the newest snapshot's path.
        best: the best checkpoint, where quality is judged.
        quality: how good the average generator was when it was last judged.
        collapsed: whether it was told that all works look alike.
        stopped_by: the signal that stopped it, 0 for none.
    """

    def __init__(
        self, *, folder: Path, recipe: Recipe, data: Data, modality: Modality, plugins: Plugins, device: torch.device
    ) -> None:
        self.folder, self.recipe, self.data, self.modality = folder, recipe, data, modality
        self.places = RunFolder(folder)
        self.plugins = plugins
        self.command = ""
        self.trainer = Trainer(recipe=recipe, data=data, modality=modality, device=device)
        self.journal = Journal(folder)
        self.measures = Measures(plugins.registry, data, modality, recipe.training, self._tell_unmeasured)
        self.best = Best(folder)
        self.quality: Quality | None = None
        self.snapshot: Path | None = None
        self.collapsed = False
        self.rollbacks, self.stopped_by = 0, 0
        self._clock = Clock()

    @property
    def id(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def recipe_file(self) -> Path:
        """Where the complete recipe is kept."""
        return self.places.recipe

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints, the best apart."""
        return self.places.checkpoints

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.recipe.training.steps

    @property
    def samples_per_step(self) -> int:
        """Real samples seen in a step."""
        return self.recipe.training.batch * self.recipe.discriminator_optimiser.updates

    @property
    def seconds(self) -> float:
        """Seconds of training so far, over all sittings."""
        return self._clock.seconds

    @property
    def recipe_toml(self) -> str:
        """The recipe as anybody may see it."""
        return self.recipe.public().to_toml(self.plugins.registry)

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
            check_room(self)
            self.folder.mkdir()
            self.write_recipe()
        except FileExistsError:
            raise UsageError(f"there is a run {self.id!r} already: choose another --name, or --resume it") from None
        except OSError as error:
            raise ArtganError(f"cannot write {self.folder}: {error.strerror}; choose another --out") from None

    def write_recipe(self) -> None:
        """Write the complete recipe into the folder."""
        write_text(self.recipe_file, f"# {self.command}\n\n{self.recipe.to_toml(self.plugins.registry)}")

    def restore(self, report: Callable[[str], None], *, changed_data: bool = False) -> None:
        """Go on from the newest valid checkpoint.

        Args:
            report: told in one line of each checkpoint that had to be passed over, and of what was cleaned up.
            changed_data: go on though the data is another than the run was started with.

        Raises:
            ArtganError: if there is none, the recipe or the data has changed since, or another process trains this run.
        """
        saved = own_checkpoint(self, report, changed_data=changed_data)
        with locked(self.folder):
            self._load(saved)
            checkpoint.clean(self.checkpoints, report)
            self.best.clean(report)
        first_line = self.recipe_file.read_text(encoding="utf-8").partition("\n")[0]
        self.command = first_line.removeprefix("#").strip()
        self.snapshot = next(reversed(self.snapshots()), None)

    def _load(self, saved: checkpoint.Checkpoint) -> None:
        self.trainer.load_state(saved.tensors, saved.state["step"])
        self.rollbacks = saved.state["rollbacks"]
        self.trainer.shuffle(self.rollbacks)
        self._clock.set(saved.state["seconds"], self.trainer.steps)
        self.journal.cut(saved.state["step"])

    def prolong(self, recipe: Recipe) -> None:
        """Take another budget.

        Args:
            recipe: the same choices with other steps.

        Raises:
            UsageError: if the run has taken that many already.
        """
        if recipe.training.steps <= self.trainer.steps:
            raise UsageError(f"run {self.id} has taken {self.trainer.steps} steps already: give a larger budget")
        self.recipe = self.trainer.recipe = recipe
        self.write_recipe()

    def train(self) -> None:
        """Train to the end, or until a signal asks to stop; either way the last step is saved.

        Raises:
            ArtganError: if another process trains this run, numbers keep becoming infinite, memory runs out, or the
                last checkpoint cannot be written.
        """
        with locked(self.folder), StopSignals() as signals:
            self._clock.start(self.trainer.steps)
            self.plugins.notify("run_started", run=self)
            try:
                check_judge(self)
                if self.trainer.steps == 0:
                    take_snapshot(self)
                self._train_and_save(signals)
            except ArtganError as error:
                self.tell(FAILED, str(error))
                raise
        if not self.stopped_by:
            self.plugins.notify("run_finished", run=self)

    def _train_and_save(self, signals: StopSignals) -> None:
        while True:
            try:
                while self.trainer.steps < self.steps and not signals.received:
                    self._step()
                self.stopped_by = signals.received if self.trainer.steps < self.steps else 0
                return save_at_last(self)
            except UnhealthyError as error:
                self._roll_back(error)

    def _roll_back(self, error: UnhealthyError) -> None:
        """Go back to the last healthy checkpoint, or to the start, and on from there with other random numbers."""
        if self.rollbacks == ROLLBACKS:
            raise ArtganError(
                f"{error}, after {ROLLBACKS} returns to a healthy checkpoint: lower the learning rates (--lr) or add "
                f"--penalty r1; the checkpoints before are in {self.checkpoints}"
            )
        count, seconds = self.rollbacks + 1, self.seconds
        found = checkpoint.newest(self.checkpoints)
        if found:
            self._load(checkpoint.load_checkpoint(found))
        else:
            self.trainer = Trainer(
                recipe=self.recipe, data=self.data, modality=self.modality, device=self.trainer.device
            )
            self.journal.cut(0)
        self.rollbacks = count
        self.trainer.shuffle(count)
        self.trainer.read_scalars()
        self._clock.set(seconds, self.trainer.steps)
        self.tell(
            ROLLED_BACK,
            f"{error}: back to step {self.trainer.steps}, with fresh random numbers ({count} of {ROLLBACKS})",
        )

    def _step(self) -> None:
        training = self.recipe.training
        with explain_memory(self.recipe, self.data.spec):
            self.trainer.step()
        step = self.trainer.steps
        if step % training.log_every == 0 or step == self.steps:
            self._tick()
        if training.evaluate_every and (step % training.evaluate_every == 0 or step == self.steps):
            judge(self)
        if step in self._snapshot_steps:
            take_snapshot(self)
        if step % training.checkpoint_every == 0 and step < self.steps:
            try:
                self.save()
            except checkpoint.CheckpointError as error:
                self.tell(UNSAVED, f"{error}; training goes on, and saves again at the next checkpoint")

    @cached_property
    def _snapshot_steps(self) -> frozenset[int]:
        """The steps after which a snapshot is taken: close together at first, when most changes."""
        count = self.recipe.training.snapshots
        return frozenset(round(self.steps * (number / count) ** 2) for number in range(1, count + 1))

    def _tick(self) -> None:
        step = self.trainer.steps
        seconds, speed = self._clock.tick(step)
        tick = Tick(
            step=step,
            steps=self.steps,
            kimg=step * self.samples_per_step / 1000,
            seconds=seconds,
            steps_per_second=speed,
            scalars=self.trainer.read_scalars(),
        )
        check_scalars(tick.scalars, step)
        self.write_down(LOSSES, {"step": step, "kimg": tick.kimg, "seconds": round(seconds, 3), **tick.scalars})
        self.plugins.notify("run_ticked", run=self, tick=tick)

    def write_down(self, name: str, row: dict[str, Any]) -> None:
        """Append a row to one of the logs; without space, warn."""
        try:
            self.journal.add(name, row)
        except OSError as error:
            self.tell(UNWRITTEN, f"cannot write {name}: {error.strerror}; training goes on")

    def tell(self, event: str, message: str) -> None:
        """Tell observers, and keep for the run's page, something that a person should know."""
        row = {"step": self.trainer.steps, "event": event, "message": message}
        with suppress(OSError):
            self.journal.add(EVENTS, row)
        self.plugins.notify("run_warned", run=self, message=message)

    def _tell_unmeasured(self, message: str) -> None:
        self.tell(UNMEASURED, message)

    def snapshots(self) -> list[Path]:
        """Return the sheets taken so far, the first first."""
        return sorted(self.places.snapshots.glob(f"step-*{self.modality.sheet_suffix}"))

    def model(self) -> Model:
        """Return the average generator as artworks use it."""
        return model_of(self)

    def save(self) -> None:
        """Write a checkpoint.

        Raises:
            UnhealthyError: if there is a number in it that is not finite.
            CheckpointError: if it cannot be written.
        """
        save_in(self, self.checkpoints, keep=self.recipe.training.keep)
