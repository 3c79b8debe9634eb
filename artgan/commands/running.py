"""What `artgan run` does, step by step."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import click

from ..artworks.places import find_run, gallery_folder, runs_folder
from ..errors import ArtganError, UsageError
from ..files import cache_folder
from ..gallery.from_run import hang_run
from ..interfaces import Data, Workspace
from ..plugins.loader import Plugins
from ..plugins.registry import Source
from ..plugins.versions import changes
from ..recipe.compose import compose, merge
from ..recipe.recipe import PLUGINS, Recipe, Tables
from ..recipe.recipe_file import read_toml
from ..training.budget import in_steps, seconds_per_step
from ..training.device import crowded_cores, fast_precision, pick_device
from ..training.held_out import held_out_rows, training_rows
from ..training.run import Run
from .display import Display, counted, duration

SHOWN_LEFT_OUT = 5


class Session:
    """One call of `artgan run`.

    Args:
        plugins: what was loaded.
        out: the folder that holds ``runs`` and ``gallery``.
        display: what tells the user.
    """

    def __init__(self, *, plugins: Plugins, out: Path, display: Display) -> None:
        self.out, self.display, self.plugins, self.registry = out, display, plugins, plugins.registry
        self._told = 0
        self.plugins.register(display, Source("display", "artgan", ""))
        self._tell_problems()
        if cores := crowded_cores():
            self.display.say(
                f"Other processes keep the {cores} cores of this machine busy: "
                f"with OMP_NUM_THREADS=1 set for each, runs that share cores are faster"
            )

    def start(self, recipe: Recipe, *, name: str | None, device: str, dry_run: bool) -> Run | None:
        """Open the data, measure what a step costs, and make the run's folder; a dry run only prints."""
        place = pick_device(device)
        recipe = recipe.with_precision(fast_precision(place))
        data = self._open(recipe)
        trained_on = len(training_rows(data, recipe.training))
        if trained_on < recipe.training.batch:
            raise UsageError(
                f"{data.title} holds {counted(trained_on, 'sample')} to train on, fewer than a batch of "
                f"{recipe.training.batch}: choose --batch {max(1, trained_on // 2)} or add samples"
            )
        folder = self._folder(recipe, name)
        modality = self.registry.modality(data.spec)
        step_seconds = seconds_per_step(recipe, data, modality, place)
        recipe = recipe.with_steps(in_steps(recipe, data, step_seconds))
        self.display.say(f"{_in_words(recipe)}, on {place} in {recipe.training.precision}")
        self.display.say(
            f"{recipe.training.steps:,} steps will take about {duration(recipe.training.steps * step_seconds)} "
            f"({1 / step_seconds:.1f} steps/s measured)"
        )
        if dry_run:
            click.echo(recipe.to_toml(self.registry), nl=False)
            return None
        run = Run(folder=folder, recipe=recipe, data=data, modality=modality, plugins=self.plugins, device=place)
        run.create(shlex.join(["artgan", *sys.argv[1:]]))
        return run

    def resume(self, name: str, *, device: str, budget: Tables, changed_data: bool) -> Run:
        """Return a run as it was when it was stopped.

        Args:
            name: the run's folder, or its name.
            device: where to go on.
            budget: a new budget, or nothing.
            changed_data: go on though the data is another than the run was started with.
        """
        folder = find_run(name, self.out)
        place = pick_device(device)
        tables = read_toml(folder.recipe)
        recipe = compose(self.registry, tables, None)
        for change in changes(tables.get(PLUGINS, {})):
            self.display.warn(f"run {folder.id}: {change}")
        data = self._open(recipe)
        modality = self.registry.modality(data.spec)
        run = Run(folder=folder.path, recipe=recipe, data=data, modality=modality, plugins=self.plugins, device=place)
        run.restore(self.display.warn, changed_data=changed_data)
        if budget:
            recipe = compose(self.registry, merge(recipe.tables(self.registry), {"training": budget}), None)
            step_seconds = seconds_per_step(recipe, data, modality, place)
            run.prolong(recipe.with_steps(in_steps(recipe, data, step_seconds)))
        self.display.say(f"{run.id} goes on at step {run.trainer.steps} of {run.steps}")
        return run

    def train(self, run: Run) -> int:
        """Train a run, hang its works, and return the exit code."""
        self.display.say(f"Run {run.id} is kept in {run.folder}; Ctrl-C saves it, to go on later")
        with self.display.training():
            run.train()
        self._tell_problems()
        if run.stopped_by:
            self.display.say(f"Stopped at step {run.trainer.steps} of {run.steps} and saved. Go on with:")
            self.display.say(f"  artgan run --resume {run.folder}")
            return 128 + run.stopped_by
        if best := run.best.quality():
            self.display.say(
                f"Best at step {best.step} of {run.steps}, with {best.name} {best.value:.3f}. Use it with:"
            )
            self.display.say(f"  artgan sample {run.best.folder}")
        with self.display.progress() as progress:
            index = hang_run(run, gallery_folder(self.out), progress)
        click.echo(index)
        return 0

    def _open(self, recipe: Recipe) -> Data:
        with self.display.progress() as progress:
            data = recipe.dataset.open(Workspace(cache=cache_folder(), progress=progress))
        self.display.say(
            f"{data.title}: {counted(len(data), 'sample')} {_size(data)}{_apart(recipe, data)}; licence: {data.licence}"
        )
        for item in data.left_out[:SHOWN_LEFT_OUT]:
            self.display.warn(f"left out {item.name}: {item.reason}")
        if (more := len(data.left_out) - SHOWN_LEFT_OUT) > 0:
            self.display.warn(f"left out {more} more; `artgan doctor` lists them")
        return data

    def _folder(self, recipe: Recipe, name: str | None) -> Path:
        runs = runs_folder(self.out)
        writable = next(path for path in (runs.absolute(), *runs.absolute().parents) if path.exists())
        if not (writable.is_dir() and os.access(writable, os.W_OK)):
            raise ArtganError(f"cannot write in {writable}: choose another folder with --out")
        if name is not None:
            if not re.fullmatch(r"\w[\w.-]{0,99}", name):
                raise UsageError(f"--name {name!r} is no name: use letters, digits, dots, dashes and underscores")
            if (runs / name).exists():
                raise UsageError(f"there is a run {name!r} already: choose another --name, or --resume it")
            return runs / name
        path = recipe.dataset.values().get("path")
        words = [Path(str(path)).stem if path else recipe.dataset.name, recipe.generator.name, recipe.loss.name]
        stem = re.sub(r"[^\w]+", "-", "-".join(words)).strip("-").lower()
        number = next(number for number in range(1, 10**6) if not (runs / f"{stem}-{number}").exists())
        return runs / f"{stem}-{number}"

    def _tell_problems(self) -> None:
        for problem in self.plugins.problems[self._told :]:
            self.display.warn(str(problem))
        self._told = len(self.plugins.problems)


def _size(data: Data) -> str:
    if not data.spec.tokens:
        return "of " + "×".join(str(side) for side in data.spec.shape)
    length, vocabulary = data.spec.shape
    tokeniser = data.spec.presentation.get("tokeniser", "")
    return f"of at most {length} tokens ({tokeniser}, vocabulary {vocabulary:,})"


def _apart(recipe: Recipe, data: Data) -> str:
    if data.held_out is not None:
        return f", {len(data.held_out):,} more held out"
    rows = held_out_rows(data, recipe.training)
    return f", {len(rows):,} of them held out" if len(rows) else ""


def _in_words(recipe: Recipe) -> str:
    parts = [f"generator {recipe.generator.name}", f"discriminator {recipe.discriminator.name}"]
    parts += [f"loss {recipe.loss.name}"]
    parts += [f"{component.kind} {component.name}" for component in (*recipe.penalties, *recipe.augmentations)]
    return ", ".join(parts)
