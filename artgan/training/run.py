"""A run: one training in one folder, with its logs, checkpoints and snapshots."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import torch

from ..artworks.direction import Direction, directions_in
from ..artworks.model import Model
from ..artworks.model_file import FILE_NAME
from ..artworks.places import RunFolder, models_in
from ..artworks.provenance import Base, Provenance
from ..errors import ArtganError, UsageError
from ..files import making, write_text
from ..interfaces import Data, Modality, RunInfo
from ..plugins.registry import Registry
from ..recipe.recipe import Recipe
from ..recipe.settings import Training
from .agreement import SHARED, check_same
from .base_weights import BaseWeights
from .best_checkpoint import BestCheckpoint
from .budget import Plan
from .captured_network import Capture
from .checkpoint_store import CheckpointStore
from .clock import Clock
from .finite import check_tensors
from .journal import Journal
from .kept_recipe import KeptRecipe
from .lock import locked
from .processes import ALONE, Processes
from .return_checkpoints import ReturnCheckpoints
from .run_state import RunState
from .snapshots import Snapshots
from .trainer import Trainer


class NameTakenError(UsageError):
    """There is a run of that name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a run {name!r} already: choose another --name, or --resume it")


class Run:
    """One training in one folder, which a `TrainingLoop` takes from where it is to its end.

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
        returns: the checkpoints that it may return to, where is watched that works are neither copies nor worse.
        snapshots: sheets of works on the way.
        clock: how long it has been trained.
        rollbacks: how often it went back to a healthy checkpoint.
        kept_recipe: where the recipe is kept, with the command line that started the run.
        bases: the models that it was started from, the nearest first; empty where it began with noise.
        directions: those that were found in its works before it went on.

    Args:
        device: where it is trained.
        processes: those that train it together, of which the first alone writes.
        capture: as of `Trainer`.

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
        processes: Processes = ALONE,
        capture: Capture | None = None,
    ) -> None:
        # What is trained, where, and by whom.
        self.folder, self.places = folder, RunFolder(folder)
        self.recipe, self.data, self.modality, self.registry = recipe, data, modality, registry
        self._device, self.processes, self._capture = device, processes, capture
        self.trainer = self._new_trainer()

        # What is kept of it.
        self.kept_recipe = KeptRecipe(self.places.recipe, registry, processes)
        self.journal = Journal(folder, writes=processes.first)
        self.checkpoints = CheckpointStore(self.places, keep=recipe.training.keep)
        self.best, self.returns = BestCheckpoint(self.places), ReturnCheckpoints(self.places)
        self.snapshots = Snapshots(self.places.snapshots, modality, recipe.training.snapshots)

        # How far it is.
        self.clock = Clock()
        self.rollbacks = 0
        self.bases: tuple[Base, ...] = ()
        self.directions: tuple[Direction, ...] = ()

    @property
    def id(self) -> str:
        """The run's name: its folder's."""
        return self.places.id

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.recipe.training.steps

    @property
    def command(self) -> str:
        """The command line that started it."""
        return self.kept_recipe.command

    @property
    def kimg(self) -> float:
        """Thousand real samples seen so far."""
        return self.trainer.steps * self.recipe.training.batch * self.recipe.discriminator_optimiser.updates / 1000

    @property
    def seconds(self) -> float:
        """Seconds of training so far, over all sittings."""
        return self.clock.seconds

    @property
    def recipe_toml(self) -> str:
        """The recipe as anybody may see it."""
        return self.recipe.public().to_toml(self.registry)

    def create(self, command: str, weights: BaseWeights | None = None) -> None:
        """Make the folder, with the complete recipe in it.

        What the run starts from is in its first checkpoint, so that it needs the other model no more.

        Args:
            command: the command line that started the run.
            weights: what it takes of the model that it starts from; None where it begins with noise.

        Raises:
            NameTakenError: if there is such a run already, which is never overwritten.
            ArtganError: if the folder cannot be written, or has no room for checkpoints, or what it takes of the other
                model cannot be used.
        """
        self.kept_recipe.command = command
        if weights:
            weights.give(self.trainer)
            self.bases = weights.bases
        if not self.processes.first:
            return
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            training = self.recipe.training
            others = bool(training.evaluate_every) + (training.copied < 1) + (training.patience < 1)
            others += training.collapses > 0
            self.checkpoints.check_room(self.trainer.state(), others=others)
            with making(self.folder) as draft:
                write_text(RunFolder(draft).recipe, self.kept_recipe.text(self.recipe))
                if weights:
                    self.state().write(RunFolder(draft).checkpoints, self.model(), keep=self.recipe.training.keep)
                if self.processes.job:
                    write_text(RunFolder(draft).job, self.processes.job)
        except FileExistsError:
            raise NameTakenError(self.id) from None
        except OSError as error:
            raise ArtganError(f"cannot write {self.folder}: {error.strerror}; choose another --out") from None

    def restore(self, report: Callable[[str], None], *, changed_data: bool = False) -> None:
        """Go on from the newest valid checkpoint, or begin again where nothing was saved yet.

        Args:
            report: told in one line of each checkpoint that had to be passed over, and of what was cleaned up.
            changed_data: go on though the data is another than the run was started with.

        Raises:
            ArtganError: if no checkpoint is valid, the recipe or the data has changed since, or another process trains
                this run.
        """
        state = None
        if self.checkpoints.any():
            fingerprint = None if changed_data else self.data.fingerprint
            state = self.checkpoints.own(self.recipe, self.registry, fingerprint, report)
        elif self.recipe.base:
            raise ArtganError(self._lost_base)

        check_same(self.processes, "newest checkpoint", f"step {state.step if state else 0}", SHARED)
        with self.held():
            if state:
                self.load(state)
            else:
                self.journal.cut(0)
            if self.processes.first:
                self.checkpoints.clean(report)
                self.best.clean(report)
                self.returns.clean(report)
        self.kept_recipe.read_command()
        files = [*models_in(self.folder), self.places.hung / FILE_NAME]
        self.directions = directions_in(files, self.recipe.generator.latent)

    def held(self) -> AbstractContextManager[None]:
        """Hold the run's lock, for all processes that train it.

        Raises:
            ArtganError: if another process trains it, or it cannot be written.
        """
        return locked(self.folder) if self.processes.first else nullcontext()

    def write_recipe(self) -> None:
        """Write the recipe into the folder, as where its data lies now.

        Raises:
            OSError: if it cannot be written.
        """
        self.kept_recipe.write(self.recipe)

    def resume_command(self, *options: object) -> str:
        """Return the command that goes on with the run, from the folder that this program was started in."""
        return self.registry.command("artgan", "run", "--resume", self.folder, *options)

    def prolong(self, training: Training) -> None:
        """Take another budget.

        Raises:
            UsageError: if the run has taken that many steps already.
        """
        if training.steps <= self.trainer.steps:
            raise UsageError(f"run {self.id} has taken {self.trainer.steps} steps already: give a larger budget")
        self.take(training)

    def take_threads(self, threads: int) -> None:
        """Go on with another number of threads, which the recipe has from then on."""
        self.take(replace(self.recipe.training, threads=threads))

    def write_plan(self, plan: Plan) -> None:
        """Write another number of steps into the recipe, before it is taken.

        Raises:
            OSError: if it cannot be written; then the run goes on as planned before.
        """
        self.kept_recipe.write(replace(self.recipe, training=plan.training))

    def take_plan(self, plan: Plan) -> None:
        """Go on with another number of steps, or begin again with it."""
        self._adopt(plan.training)
        if plan.begins_again:
            seconds = self.seconds
            self.begin_again()
            self.clock.set(seconds, 0)

    def settle(self) -> None:
        """Write down the number of steps that the minutes had room for as the budget: the same run has as many."""
        with suppress(OSError):  # where it cannot be written, the minutes stay beside it
            self.take(self.recipe.with_steps(self.steps).training)

    def take_eased(self) -> None:
        """Go on with components that make it less likely that works come to look alike, from what is loaded then.

        Raises:
            OSError: if the recipe cannot be written; then nothing changes.
        """
        self.take(replace(self.recipe.training, collapsed=self.recipe.training.collapsed + 1))
        self.trainer = self._new_trainer()

    def begin_again(self) -> None:
        """Return to the beginning: to new networks, or to those that were taken of the model it was started from."""
        if not self.recipe.base:
            self.trainer = self._new_trainer()
            self.journal.cut(0)
        elif state := self.checkpoints.newest():
            self.load(state)
            self.trainer.read_scalars()
        else:
            raise ArtganError(self._lost_base)

    @property
    def _lost_base(self) -> str:
        again = self.registry.command("artgan", "run", self.places.recipe)
        return f"run {self.id} has lost its checkpoints, and with them what it was started from: start anew, {again}"

    def load(self, state: RunState) -> None:
        """Go on from a state."""
        self.trainer.load_state(dict(state.tensors), state.step)
        self.bases = state.bases
        self.shuffle(state.rollbacks)
        self.clock.set(state.seconds, state.step)
        self.journal.cut(state.step)

    def shuffle(self, rollbacks: int) -> None:
        """Draw the random numbers of a run that went back to a healthy checkpoint so often."""
        self.rollbacks = rollbacks
        self.trainer.shuffle(rollbacks + self.recipe.training.collapsed)

    def save(self) -> None:
        """Write a checkpoint.

        Raises:
            UnhealthyError: if there is a number in it that is not finite.
            CheckpointError: if it cannot be written.
        """
        state = self.state()
        if self.processes.first:
            self.checkpoints.save(state, self.model())

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
            bases=self.bases,
        )

    def model(self) -> Model:
        """Return the average generator as artworks use it."""
        libraries = {name: metadata.version(name) for name in ("torch", "numpy", "pillow")}

        model = Model.from_state(
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
                bases=self.bases,
            ),
        )
        return replace(model, directions=self.directions)

    def info(self) -> RunInfo:
        """Return what observers know of the run, as it is now."""
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
        trainer = Trainer(
            recipe=self.recipe.as_played(),
            data=self.data,
            modality=self.modality,
            device=self._device,
            processes=self.processes,
            capture=self._capture,
        )
        trainer.shuffle(self.recipe.training.collapsed)
        return trainer

    def take(self, training: Training) -> None:
        """Go on with other settings of the training, once they are written down; all processes, or none."""
        self.kept_recipe.write_for_all(replace(self.recipe, training=training))
        self._adopt(training)

    def _adopt(self, training: Training) -> None:
        self.recipe = replace(self.recipe, training=training)
        self.trainer.take_plan(training)
