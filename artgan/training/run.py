"""A run: one training in one folder, with its log, checkpoints and snapshots."""

from __future__ import annotations

import shutil
import time
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError, one_line
from ..files import in_size, write_text
from ..interfaces import Data, Modality
from ..latents import latents
from ..model import Model, Provenance
from ..plugins import Plugins
from ..recipe import Recipe, compose, differences
from ..schema import fault
from . import checkpoint
from .best import Best, Quality
from .health import UnhealthyError, check_scalars, check_tensors
from .journal import COLLAPSED, EVENTS, FAILED, LOSSES, METRICS, ROLLED_BACK, UNJUDGED, UNSAVED, UNWRITTEN, Journal
from .lock import locked
from .measuring import SAMPLES, Measures
from .memory import explain_memory
from .stopping import StopSignals
from .trainer import Trainer

SNAPSHOT_SEEDS = range(64)
TEXT_SEEDS = range(16)
"""Texts are few enough to be rendered one by one, as artworks are."""

RECIPE = "recipe.toml"
ROLLBACKS = 3
"""How often a run goes back to its last healthy checkpoint before it gives up."""

AT_FIRST, AT_FIRST_STEPS = 0.2, 200
"""The share of a run, and the least number of steps, in which works may look alike."""

AT_ONCE = 64
"""Samples that are made at once."""

STATE = {"seconds": float, "rollbacks": int, "fingerprint": str, "recipe": str}
"""What a run keeps of itself in a checkpoint."""

ALL = 2**31
"""More checkpoints than there ever are."""

PATIENCE, RETRY_AFTER = 600.0, 5.0
"""Seconds for which a finished run waits for space to save in, and between two attempts."""


@dataclass(frozen=True)
class Tick:
    """How far a run is.

    Attributes:
        step: steps taken.
        steps: steps in all.
        kimg: thousand real samples seen.
        seconds: seconds of training so far, over all sittings.
        steps_per_second: speed since the last tick.
        scalars: the mean of each scalar since the last tick.
    """

    step: int
    steps: int
    kimg: float
    seconds: float
    steps_per_second: float
    scalars: Mapping[str, float]


class Run:
    """One training in one folder.

    Attributes:
        folder: where it is kept.
        recipe: every choice, its budget in steps.
        data: the real samples.
        modality: what kind of art it makes.
        trainer: the game.
        journal: its logs.
        rollbacks: how often it went back to a healthy checkpoint.
        command: the command line that started it; kept as the first line of the recipe.
        snapshot: the newest snapshot's path.
        best: the best checkpoint, where quality is judged.
        quality: how good the average generator was when it was last judged.
        stopped_by: the signal that stopped it, 0 for none.
    """

    def __init__(
        self, *, folder: Path, recipe: Recipe, data: Data, modality: Modality, plugins: Plugins, device: torch.device
    ) -> None:
        self.folder, self.recipe, self.data, self.modality = folder, recipe, data, modality
        self.plugins = plugins
        self.command = ""
        self.trainer = Trainer(recipe=recipe, data=data, modality=modality, device=device)
        self.journal = Journal(folder)
        self.best, self.quality = Best(folder), cast("Quality | None", None)
        self.rollbacks = 0
        self._measures = Measures(plugins.registry, data, modality, recipe.training)
        self._earlier = 0.0
        self.snapshot: Path | None = None
        self.stopped_by = 0
        self._collapsed = False
        self._since, self._ticked_seconds, self._ticked_step = time.perf_counter(), 0.0, 0

    @property
    def id(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.recipe.training.steps

    @property
    def samples_per_step(self) -> int:
        """Real samples seen in a step."""
        return self.recipe.training.batch * self.recipe.discriminator_optimiser.updates

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
            self._check_room()
            self.folder.mkdir()
            self.write_recipe()
        except FileExistsError:
            raise UsageError(f"there is a run {self.id!r} already: choose another --name, or --resume it") from None
        except OSError as error:
            raise ArtganError(f"cannot write {self.folder}: {error.strerror}; choose another --out") from None

    def _check_room(self) -> None:
        """Check that two checkpoints have room: the one that is written, and the one that is kept until it is.

        As many more where the best is kept.
        """
        needed = (4 if self.recipe.training.evaluate_every else 2) * checkpoint.size_of(self.trainer.state())
        free = shutil.disk_usage(self.folder.parent).free
        if free < needed:
            raise ArtganError(
                f"{self.folder.parent} has {in_size(free)} free, and checkpoints of this run need {in_size(needed)}: "
                f"free space or choose another --out"
            )

    def write_recipe(self) -> None:
        """Write the complete recipe into the folder."""
        write_text(self.folder / RECIPE, f"# {self.command}\n\n{self.recipe.to_toml(self.plugins.registry)}")

    def restore(self, report: Callable[[str], None], *, changed_data: bool = False) -> None:
        """Go on from the newest valid checkpoint.

        Args:
            report: told in one line of each checkpoint that had to be passed over, and of what was cleaned up.
            changed_data: go on though the data is another than the run was started with.

        Raises:
            ArtganError: if there is none, or the recipe or the data has changed since.
        """
        found = checkpoint.newest(self._checkpoints, report)
        if found is None:
            raise ArtganError(f"run {self.id} has no valid checkpoint to go on from")
        saved = checkpoint.load_checkpoint(found)
        if wrong := fault(saved.state, STATE):
            raise ArtganError(f"checkpoint {found.name} is not one of artgan's: {wrong}")
        self._check_recipe(saved.state["recipe"])
        if saved.state["fingerprint"] != self.data.fingerprint and not changed_data:
            raise ArtganError(
                f"dataset {self.recipe.dataset.name} has changed since run {self.id} was started: "
                f"give back the old one, or go on with the new one by --changed-data"
            )
        self._load(saved)
        checkpoint.clean(self._checkpoints, report)
        self.best.clean(report)
        first_line = (self.folder / RECIPE).read_text(encoding="utf-8").partition("\n")[0]
        self.command = first_line.removeprefix("#").strip()
        self.snapshot = next(reversed(self.snapshots()), None)

    def _load(self, saved: checkpoint.Checkpoint) -> None:
        self.trainer.load_state(saved.tensors, saved.state["step"])
        self.rollbacks = saved.state["rollbacks"]
        self.trainer.shuffle(self.rollbacks)
        self._earlier = saved.state["seconds"]
        self._since = time.perf_counter()
        self.journal.cut(saved.state["step"])

    def _check_recipe(self, saved: str) -> None:
        try:
            changed = differences(self._completed(saved), self.recipe_toml)
        except (ValueError, AttributeError, RecursionError) as error:
            raise ArtganError(f"a checkpoint of run {self.id} is not one of artgan's: {one_line(error)}") from None
        if changed:
            raise ArtganError(
                f"the recipe of run {self.id} was changed since its checkpoint ({'; '.join(changed)}): "
                f"change it back, or start a new run with artgan run {self.folder / RECIPE}"
            )

    def _completed(self, saved: str) -> str:
        """Return a saved recipe with the options that have come since, as they were before: at their defaults."""
        registry = self.plugins.registry
        try:
            return compose(registry, tomllib.loads(saved), None).public().to_toml(registry)
        except ArtganError:
            return saved

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
            self._since = time.perf_counter()
            self._ticked_seconds, self._ticked_step = self._earlier, self.trainer.steps
            self.plugins.notify("run_started", run=self)
            try:
                if self.recipe.training.evaluate_every and self._measures.judge is None:
                    self._tell(UNJUDGED, f"no metric judges {self.modality.name}: no best checkpoint is kept")
                if self.trainer.steps == 0:
                    self.take_snapshot()
                self._train_and_save(signals)
            except ArtganError as error:
                self._tell(FAILED, str(error))
                raise
        if not self.stopped_by:
            self.plugins.notify("run_finished", run=self)

    def _train_and_save(self, signals: StopSignals) -> None:
        while True:
            try:
                while self.trainer.steps < self.steps and not signals.received:
                    self._step()
                self.stopped_by = signals.received if self.trainer.steps < self.steps else 0
                return self._save_at_last()
            except UnhealthyError as error:
                self._roll_back(error)

    def _roll_back(self, error: UnhealthyError) -> None:
        """Go back to the last healthy checkpoint, or to the start, and on from there with other random numbers."""
        if self.rollbacks == ROLLBACKS:
            raise ArtganError(
                f"{error}, after {ROLLBACKS} returns to a healthy checkpoint: lower the learning rates (--lr) or add "
                f"--penalty r1; the checkpoints before are in {self._checkpoints}"
            )
        count, seconds = self.rollbacks + 1, self.seconds
        found = checkpoint.newest(self._checkpoints)
        if found:
            self._load(checkpoint.load_checkpoint(found))
        else:
            self.trainer = Trainer(
                recipe=self.recipe, data=self.data, modality=self.modality, device=self.trainer.device
            )
            self.journal.cut(0)
        self._earlier, self._since, self.rollbacks = seconds, time.perf_counter(), count
        self.trainer.shuffle(count)
        self.trainer.read_scalars()
        self._ticked_seconds, self._ticked_step = seconds, self.trainer.steps
        self._tell(
            ROLLED_BACK,
            f"{error}: back to step {self.trainer.steps}, with fresh random numbers ({count} of {ROLLBACKS})",
        )

    @property
    def seconds(self) -> float:
        """Seconds of training so far, over all sittings."""
        return self._earlier + time.perf_counter() - self._since

    def _step(self) -> None:
        training = self.recipe.training
        with explain_memory(self.recipe, self.data.spec):
            self.trainer.step()
        step = self.trainer.steps
        if step % training.log_every == 0 or step == self.steps:
            self._tick()
        if training.evaluate_every and (step % training.evaluate_every == 0 or step == self.steps):
            self._judge()
        if step in self._snapshot_steps:
            self.take_snapshot()
        if step % training.checkpoint_every == 0 and step < self.steps:
            try:
                self.save()
            except checkpoint.CheckpointError as error:
                self._tell(UNSAVED, f"{error}; training goes on, and saves again at the next checkpoint")

    @cached_property
    def _snapshot_steps(self) -> frozenset[int]:
        """The steps after which a snapshot is taken: close together at first, when most changes."""
        count = self.recipe.training.snapshots
        return frozenset(round(self.steps * (number / count) ** 2) for number in range(1, count + 1))

    def _tick(self) -> None:
        step, seconds = self.trainer.steps, self.seconds
        tick = Tick(
            step=step,
            steps=self.steps,
            kimg=step * self.samples_per_step / 1000,
            seconds=seconds,
            steps_per_second=(step - self._ticked_step) / (seconds - self._ticked_seconds),
            scalars=self.trainer.read_scalars(),
        )
        self._ticked_step, self._ticked_seconds = step, seconds
        check_scalars(tick.scalars, step)
        self._write_down(LOSSES, {"step": step, "kimg": tick.kimg, "seconds": round(seconds, 3), **tick.scalars})
        self.plugins.notify("run_ticked", run=self, tick=tick)

    def _write_down(self, name: str, row: dict[str, Any]) -> None:
        try:
            self.journal.add(name, row)
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write {name}: {error.strerror}; training goes on")

    def _tell(self, event: str, message: str) -> None:
        """Tell observers, and keep for the run's page, something that a person should know."""
        row = {"step": self.trainer.steps, "event": event, "message": message}
        with suppress(OSError):
            self.journal.add(EVENTS, row)
        self.plugins.notify("run_warned", run=self, message=message)

    def take_snapshot(self) -> None:
        """Write a sheet of what the average generator makes of the same latents as ever; without space, warn."""
        check_tensors(self.trainer.ema.network.state_dict(), self.trainer.steps)
        folder = self.folder / "snapshots"
        path = folder / f"step-{self.trainer.steps:08d}{self.modality.sheet_suffix}"
        try:
            folder.mkdir(exist_ok=True)
            self.modality.write_sheet(path, self._sheet(), columns=8)
            self.snapshot = path
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write {path.name}: {error.strerror}; training goes on")
        if self._measures.metrics:
            values = self._measures.of(self._sampled(range(SAMPLES)))
            self._write_down(METRICS, {"step": self.trainer.steps, **values})
            self._warn_of_collapse(values)

    def _judge(self) -> None:
        """Measure how good the average generator is, and keep it where it is better than ever."""
        check_tensors(self.trainer.ema.network.state_dict(), self.trainer.steps)
        values = self._measures.judged(self._sampled(range(SAMPLES)))
        if not values:
            return
        self._write_down(METRICS, {"step": self.trainer.steps, **values})
        quality = self.quality = Quality(self.trainer.steps, *next(iter(values.items())))
        self._keep_if_best(quality)

    def _keep_if_best(self, quality: Quality) -> None:
        if self.best.is_beaten_by(quality):
            try:
                self.best.replace(lambda folder: self._save_in(folder, keep=ALL, again=True, quality=quality))
            except checkpoint.CheckpointError as error:
                self._tell(UNSAVED, f"{error}; the best so far stays, and training goes on")

    def _warn_of_collapse(self, values: Mapping[str, float]) -> None:
        """Tell once that all works look alike; at the beginning they always do."""
        message = self._measures.collapse(values)
        begun = self.trainer.steps > max(self.steps * AT_FIRST, AT_FIRST_STEPS)
        if message and begun and not self._collapsed:
            self._collapsed = True
            self._tell(COLLAPSED, message)

    def _sheet(self) -> NDArray[Any]:
        return self.model().render(TEXT_SEEDS) if self.data.spec.vocabulary else self._sampled(SNAPSHOT_SEEDS)

    def _sampled(self, seeds: range) -> NDArray[Any]:
        """Return what the average generator makes of seeds, compact; what it draws on its way is always the same."""
        size, labels = self.recipe.generator.latent, None
        drawn = torch.from_numpy(np.stack([latents(seed, size) for seed in seeds]))
        if classes := len(self.data.spec.classes):
            labels = torch.arange(len(drawn), device=self.trainer.device) % classes
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            parts = []
            for start in range(0, len(drawn), AT_ONCE):
                part = slice(start, start + AT_ONCE)
                own = None if labels is None else labels[part]
                samples = self.trainer.ema.network(drawn[part].to(self.trainer.device), own)
                parts.append(self.modality.to_compact(samples).cpu().numpy())
        return np.concatenate(parts)

    def snapshots(self) -> list[Path]:
        """Return the sheets taken so far, the first first."""
        return sorted((self.folder / "snapshots").glob(f"step-*{self.modality.sheet_suffix}"))

    def model(self) -> Model:
        """Return the average generator as artworks use it."""
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
                versions=self._versions(),
                kimg=self.trainer.steps * self.samples_per_step / 1000,
                seconds=round(self.seconds, 3),
            ),
        )

    def save(self) -> None:
        """Write a checkpoint.

        Raises:
            UnhealthyError: if there is a number in it that is not finite.
            CheckpointError: if it cannot be written.
        """
        self._save_in(self._checkpoints, keep=self.recipe.training.keep)

    def _save_in(self, folder: Path, *, keep: int, again: bool = False, quality: Quality | None = None) -> Path:
        tensors = self.trainer.state()
        check_tensors(tensors, self.trainer.steps)
        state = {
            "step": self.trainer.steps,
            "seconds": self.seconds,
            "rollbacks": self.rollbacks,
            "fingerprint": self.data.fingerprint,
            "recipe": self.recipe_toml,
            "versions": self._versions(),
        }
        if quality:
            state["quality"] = [quality.name, quality.value]
        return checkpoint.save_checkpoint(
            folder,
            tensors=tensors,
            state=state,
            save_model=self.model().save,
            keep=keep,
            again=again,
        )

    def _save_at_last(self) -> None:
        """Save the last step; where there is no space, wait for some, but not when a signal asked to stop."""
        until = time.monotonic() + (0 if self.stopped_by else PATIENCE)
        while True:
            try:
                return self.save()
            except checkpoint.CheckpointError as error:
                if time.monotonic() >= until:
                    raise
                self._tell(UNSAVED, f"{error}; waiting for space, Ctrl-C twice gives up")
                time.sleep(RETRY_AFTER)

    @property
    def _checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    def _versions(self) -> dict[str, str]:
        libraries = {name: metadata.version(name) for name in ("torch", "numpy", "pillow")}
        return libraries | self.recipe.versions(self.plugins.registry)
