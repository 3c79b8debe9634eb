"""A run: one training in one folder, with its log, checkpoints and snapshots."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError
from ..files import write_text
from ..interfaces import Data, Metric, Modality
from ..latents import latents
from ..model import Model, Provenance
from ..plugins import Plugins
from ..recipe import Recipe
from . import checkpoint
from .memory import explain_memory
from .stopping import StopSignals
from .trainer import Trainer

if TYPE_CHECKING:
    from filelock import BaseFileLock

SNAPSHOT_SEEDS = range(64)
TEXT_SEEDS = range(16)
"""Texts are few enough to be rendered one by one, as artworks are."""

RECIPE = "recipe.toml"
LOG, MEASURED = "log.jsonl", "metrics.jsonl"
MEASURED_SAMPLES, MEASURED_REAL = 512, 20_000


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
        command: the command line that started it; kept as the first line of the recipe.
        snapshot: the newest snapshot's path.
        stopped_by: the signal that stopped it, 0 for none.
    """

    def __init__(
        self, *, folder: Path, recipe: Recipe, data: Data, modality: Modality, plugins: Plugins, device: torch.device
    ) -> None:
        self.folder, self.recipe, self.data, self.modality = folder, recipe, data, modality
        self.plugins = plugins
        self.command = ""
        self.trainer = Trainer(recipe=recipe, data=data, modality=modality, device=device)
        self._earlier = 0.0
        self.snapshot: Path | None = None
        self.stopped_by = 0
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

    @cached_property
    def recipe_toml(self) -> str:
        """The recipe as anybody may see it."""
        return self.recipe.public().to_toml(self.plugins.registry)

    def create(self, command: str) -> None:
        """Make the folder, with the complete recipe in it.

        Args:
            command: the command line that started the run.

        Raises:
            UsageError: if there is such a run already, which is never overwritten.
            ArtganError: if the folder cannot be written.
        """
        self.command = command
        try:
            self.folder.mkdir(parents=True)
            self.write_recipe()
        except FileExistsError:
            raise UsageError(f"there is a run {self.id!r} already: choose another --name, or --resume it") from None
        except OSError as error:
            raise ArtganError(f"cannot write {self.folder}: {error.strerror}; choose another --out") from None

    def write_recipe(self) -> None:
        """Write the complete recipe into the folder."""
        write_text(self.folder / RECIPE, f"# {self.command}\n\n{self.recipe.to_toml(self.plugins.registry)}")

    def restore(self, report: Callable[[str], None]) -> None:
        """Go on from the newest valid checkpoint.

        Args:
            report: told in one line of each checkpoint that had to be passed over.

        Raises:
            ArtganError: if there is none, or the data has changed since.
        """
        found = checkpoint.newest(self.folder / "checkpoints", report)
        if found is None:
            raise ArtganError(f"run {self.id} has no valid checkpoint to go on from")
        saved = checkpoint.load_checkpoint(found)
        if saved.state["fingerprint"] != self.data.fingerprint:
            raise ArtganError(f"dataset {self.recipe.dataset.name} has changed since run {self.id} was started")
        self.trainer.load_state(saved.tensors, saved.state["step"])
        self._earlier = saved.state["seconds"]
        self._cut_logs(saved.state["step"])
        first_line = (self.folder / RECIPE).read_text(encoding="utf-8").partition("\n")[0]
        self.command = first_line.removeprefix("#").strip()
        self.snapshot = next(reversed(self.snapshots()), None)

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
            ArtganError: if another process trains this run, numbers stop being finite, or memory runs out.
        """
        with self._lock(), StopSignals() as signals:
            self._since = time.perf_counter()
            self._ticked_seconds, self._ticked_step = self._earlier, self.trainer.steps
            self.plugins.notify("run_started", run=self)
            if self.trainer.steps == 0:
                self.take_snapshot()
            while self.trainer.steps < self.steps and not signals.received:
                self._step()
            self.stopped_by = signals.received if self.trainer.steps < self.steps else 0
            self.save()
        if not self.stopped_by:
            self.plugins.notify("run_finished", run=self)

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
        if step in self._snapshot_steps:
            self.take_snapshot()
        if step % training.checkpoint_every == 0 and step < self.steps:
            self.save()

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
        self._check_finite(tick)
        row = {"step": step, "kimg": tick.kimg, "seconds": round(seconds, 3), **tick.scalars}
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        self.plugins.notify("run_ticked", run=self, tick=tick)

    def _check_finite(self, tick: Tick) -> None:
        for name, value in tick.scalars.items():
            if not math.isfinite(value):
                raise ArtganError(
                    f"{name} is {value} at step {tick.step}: lower the learning rates or add --penalty r1; "
                    f"the checkpoints before are in {self.folder / 'checkpoints'}"
                )

    def log_rows(self) -> list[dict[str, float]]:
        """Return the rows of the log so far."""
        return self._rows(LOG)

    def metric_rows(self) -> list[dict[str, float]]:
        """Return what was measured at the snapshots so far."""
        return self._rows(MEASURED)

    def _rows(self, name: str) -> list[dict[str, float]]:
        path = self.folder / name
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def _cut_logs(self, step: int) -> None:
        for name in (LOG, MEASURED):
            rows = [json.dumps(row) + "\n" for row in self._rows(name) if row["step"] <= step]
            if rows or name == LOG:
                write_text(self.folder / name, "".join(rows))

    def take_snapshot(self) -> None:
        """Write a sheet of what the average generator makes of the same latents as ever."""
        size = self.recipe.generator.latent
        if self.data.spec.vocabulary:
            sheet = self.model().render(TEXT_SEEDS)
        else:
            sheet = self._sampled(torch.from_numpy(np.stack([latents(seed, size) for seed in SNAPSHOT_SEEDS])))
        folder = self.folder / "snapshots"
        folder.mkdir(exist_ok=True)
        path = folder / f"step-{self.trainer.steps:08d}{self.modality.sheet_suffix}"
        self.modality.write_sheet(path, sheet, columns=8)
        self.snapshot = path
        self._measure()

    @cached_property
    def metrics(self) -> list[Metric]:
        """The metrics that are measured at each snapshot."""
        registry, spec = self.plugins.registry, self.data.spec
        offered = [cast(Metric, registry.get("metric", name).configure({})) for name in registry.names("metric")]
        fitting = [metric for metric in offered if spec.modality in (metric.modalities or {spec.modality})]
        return [metric for metric in fitting if metric.drawn and metric.applies(spec)]

    @cached_property
    def _real(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Real samples for metrics, and others that nothing is trained on, or more of the same."""
        real, held_out = self.data.samples[:MEASURED_REAL], self.data.held_out
        other = self.data.samples[-MEASURED_SAMPLES:] if held_out is None else held_out[:MEASURED_REAL]
        return self.modality.readable(real), self.modality.readable(other)

    @cached_property
    def _real_metrics(self) -> dict[str, float]:
        real, other = self._real
        return {
            f"{name} of real": value for metric in self.metrics for name, value in metric.measure(real, other).items()
        }

    def _measure(self) -> None:
        if not self.metrics:
            return
        size = self.recipe.generator.latent
        drawn = torch.from_numpy(np.stack([latents(seed, size) for seed in range(MEASURED_SAMPLES)]))
        fake = self.modality.readable(self._sampled(drawn))
        row = {"step": self.trainer.steps, **self._real_metrics}
        for metric in self.metrics:
            row |= metric.measure(self._real[0], fake)
        with (self.folder / MEASURED).open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")

    def _sampled(self, drawn: torch.Tensor) -> NDArray[Any]:
        """Return what the average generator makes of latents, compact; what it draws on its way is always the same."""
        labels = None
        if classes := len(self.data.spec.classes):
            labels = torch.arange(len(drawn), device=self.trainer.device) % classes
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            samples = self.trainer.ema.network(drawn.to(self.trainer.device), labels)
            return self.modality.to_compact(samples).cpu().numpy()

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
            ArtganError: if it cannot be written.
        """
        state = {
            "step": self.trainer.steps,
            "seconds": self.seconds,
            "fingerprint": self.data.fingerprint,
            "versions": self._versions(),
        }
        checkpoint.save_checkpoint(
            self.folder / "checkpoints",
            tensors=self.trainer.state(),
            state=state,
            save_model=self.model().save,
            keep=self.recipe.training.keep,
        )

    def _versions(self) -> dict[str, str]:
        libraries = {name: metadata.version(name) for name in ("torch", "numpy", "pillow")}
        return libraries | self.recipe.versions(self.plugins.registry)

    def _lock(self) -> BaseFileLock:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ArtganError(f"run {self.id} is being trained by another process; wait for it or stop it") from None
        return lock
