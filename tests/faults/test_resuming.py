"""A run that goes on is the run that never stopped, or it is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from support.builtins import REGISTRY

from artgan import ArtganError, hookimpl
from artgan.interfaces import Augmentation, Loss, Observer, Penalty, RunInfo, Tick, Workspace
from artgan.interfaces.networks import AugmentationModule
from artgan.plugins.loader import Plugins, load_plugins
from artgan.plugins.registry import Source
from artgan.recipe.compose import compose
from artgan.recipe.recipe import Recipe
from artgan.training.checkpoint import newest, save_checkpoint
from artgan.training.run import Run
from artgan.training.training_loop import TrainingLoop


class Growing(AugmentationModule):
    """Adds noise that grows with the number of batches it has seen."""

    strength: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("strength", torch.zeros(()))

    def forward(self, samples, random):
        self.strength += 0.01
        return samples + self.strength * torch.randn(samples.shape, generator=random)


@dataclass(frozen=True)
class GrowingNoise(Augmentation):
    """Noise of growing strength."""

    name = "growing"

    def build(self, spec):
        return Growing()


class Plugin:
    """Offers the augmentation."""

    @hookimpl
    def register_augmentations(self):
        return [GrowingNoise]


class StopAt(Observer):
    """An observer that sends this process a signal after given steps."""

    def __init__(self, *steps: int) -> None:
        self.steps = steps

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        if tick.step in self.steps:
            os.kill(os.getpid(), signal.SIGINT)


def with_growing() -> Plugins:
    plugins = load_plugins()
    plugins.register(Plugin(), Source("growing", "test", ""))
    return plugins


@dataclass
class Runs:
    """Makes runs of a recipe in a folder."""

    folder: Path

    def make(self, recipe: Recipe, name: str) -> Run:
        plugins = with_growing()
        data = recipe.dataset.open(Workspace(cache=self.folder / "cache"))
        return Run(
            folder=self.folder / name,
            recipe=recipe,
            data=data,
            modality=plugins.registry.modality(data.spec),
            registry=plugins.registry,
            device=torch.device("cpu"),
        )

    def train(self, recipe: Recipe, name: str, *stops: int) -> dict[str, torch.Tensor]:
        """Train with stops after given steps, each time going on in a new `Run`; return the last state."""
        run = self.make(recipe, name)
        run.create("artgan run")
        while TrainingLoop(run, StopAt(*stops)).train():
            run = self.make(recipe, name)
            run.restore(pytest.fail)
        return self.state(name)

    def state(self, name: str) -> dict[str, torch.Tensor]:
        found = newest(self.folder / name / "checkpoints")
        assert found is not None
        return load_file(found / "training.safetensors")


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def verses(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("verses") / "verses.txt"
    path.write_text("\n".join(f"{a}{b}{c}" for a in "abcde" for b in "fghi" for c in "xyz"), encoding="utf-8")
    return path


def pictures_recipe(draw: Any, path: Path) -> dict[str, Any]:
    penalties = draw(st.lists(st.sampled_from(REGISTRY.names(Penalty)), max_size=2, unique=True))
    augmentations = draw(st.lists(st.sampled_from([*REGISTRY.names(Augmentation), "growing"]), max_size=1))
    return {
        "dataset": {"name": "array", "path": str(path)},
        "generator": {"name": "cnn", "width": 4, "latent": 4},
        "discriminator": {"name": "cnn", "width": 4, "norm": draw(st.sampled_from(["none", "spectral"]))},
        "loss": {"name": draw(st.sampled_from(REGISTRY.names(Loss)))},
        "penalty": [{"name": name, "interval": draw(st.integers(1, 3))} for name in penalties],
        "augmentation": [{"name": name} for name in augmentations],
    }


def text_recipe(draw: Any, path: Path) -> dict[str, Any]:
    return {
        "dataset": {"name": "lines", "path": str(path)},
        "generator": {"name": "rnn", "width": 8, "embedding": 4, "latent": 4},
        "discriminator": {"name": "rnn", "width": 8, "embedding": 4},
        "loss": {"name": draw(st.sampled_from(["bce", "lsgan", "hinge"]))},
        "estimator": {"name": draw(st.sampled_from(["reinforce", "expected", "gumbel"]))},
    }


@st.composite
def recipes(draw: Any, pictures: Path, verses: Path) -> dict[str, Any]:
    """Tables of a small recipe that mixes whatever has a state."""
    text = draw(st.booleans())
    tables = text_recipe(draw, verses) if text else pictures_recipe(draw, pictures)
    optimiser = draw(st.sampled_from(["Adam", "RMSprop", "SGD"]))
    tables["training"] = {
        "steps": 9,
        "batch": draw(st.sampled_from([5, 7, 16])),
        "log_every": 1,
        "snapshots": 1,
        "ema": draw(st.sampled_from([0.0, 0.9])),
        "decay": draw(st.sampled_from([0.0, 0.7])),
        "pretrain": draw(st.sampled_from([0, 4])) if text else 0,
        "seed": draw(st.integers(0, 2**40)),
    }
    for player in ("generator_optimiser", "discriminator_optimiser"):
        tables[player] = {"optimiser": optimiser, "updates": draw(st.integers(1, 2))}
    return tables


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.slow
def test_stopped_anywhere_it_ends_in_the_state_of_a_run_that_was_not(data, tmp_path, pictures, verses):
    recipe = compose(with_growing().registry, data.draw(recipes(pictures, verses)), "default").with_precision("float32")
    stops = data.draw(st.sets(st.integers(1, 8), min_size=1, max_size=3))
    runs = Runs(tmp_path)
    for name in ("whole", "halves"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    assert same(runs.train(recipe, "whole"), runs.train(recipe, "halves", *stops))


@pytest.fixture
def recipe(pictures) -> Recipe:
    """A recipe whose every part has a state: two optimisers, an average, an augmentation that adapts, a schedule."""
    tables = {
        "dataset": {"name": "array", "path": str(pictures)},
        "generator": {"name": "cnn", "width": 4, "latent": 8},
        "discriminator": {"name": "cnn", "width": 4},
        "augmentation": [{"name": "growing"}],
        "training": {"steps": 8, "batch": 16, "log_every": 1, "snapshots": 1, "decay": 1.0, "ema": 0.9},
    }
    return compose(with_growing().registry, tables, "default").with_precision("float32")


PARTS = {
    "an optimiser": lambda name: name.startswith("optimiser.generator"),
    "the other optimiser": lambda name: name.startswith("optimiser.discriminator"),
    "the average": lambda name: name.startswith("ema."),
    "the strength of augmentation": lambda name: name.startswith("augmentation0."),
    "a network": lambda name: name.startswith("generator."),
}


class TestWhatACheckpointHolds:
    """Each part is left out, or set back to what it is at the start; either must be noticed."""

    @pytest.fixture
    def stopped(self, recipe, tmp_path) -> Runs:
        runs = Runs(tmp_path)
        runs.train(recipe, "whole")
        run = runs.make(recipe, "half")
        run.create("artgan run")
        assert TrainingLoop(run, StopAt(4)).train()
        return runs

    def change(self, run: Path, tensors: Any = lambda tensors: tensors, **state: object) -> None:
        """Write the newest checkpoint of a run anew, otherwise valid."""
        found = newest(run / "checkpoints")
        assert found is not None
        kept = tensors(load_file(found / "training.safetensors"))
        words = json.loads((found / "state.json").read_text()) | state
        model = (found / "model.safetensors").read_bytes()
        shutil.rmtree(found)
        save_checkpoint(
            run / "checkpoints", tensors=kept, state=words, save_model=lambda path: path.write_bytes(model), keep=1
        )

    def end(self, runs: Runs, recipe: Recipe) -> dict[str, torch.Tensor]:
        run = runs.make(recipe, "half")
        run.restore(pytest.fail)
        TrainingLoop(run, Observer()).train()
        return runs.state("half")

    def test_is_enough(self, stopped, recipe):
        assert same(self.end(stopped, recipe), stopped.state("whole"))

    @pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
    def test_is_all_needed(self, stopped, recipe, tmp_path, part):
        self.change(tmp_path / "half", lambda kept: {name: kept[name] for name in kept if not part(name)})
        with pytest.raises(ArtganError, match="step-00000004 lacks"):
            self.end(stopped, recipe)

    @pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
    def test_counts_with_its_values(self, stopped, recipe, tmp_path, part):
        self.change(
            tmp_path / "half",
            lambda kept: {name: value * (0 if part(name) else 1) for name, value in kept.items()},
        )
        assert not same(self.end(stopped, recipe), stopped.state("whole"))

    def test_tells_where_in_the_data_and_in_the_schedule_it_is(self, stopped, recipe, tmp_path):
        self.change(tmp_path / "half", step=3)
        assert not same(self.end(stopped, recipe), stopped.state("whole"))

    def test_tells_which_random_numbers_come_next(self, stopped, recipe, tmp_path):
        self.change(tmp_path / "half", rollbacks=1)
        assert not same(self.end(stopped, recipe), stopped.state("whole"))

    def test_may_be_from_before_an_option_came(self, stopped, recipe, tmp_path):
        toml = stopped.make(recipe, "half").recipe_toml
        assert 'norm = "batch"\n' in toml
        self.change(tmp_path / "half", recipe=toml.replace('norm = "batch"\n', ""))
        assert same(self.end(stopped, recipe), stopped.state("whole"))

    def test_of_a_newer_format_is_refused_and_left_alone(self, stopped, recipe, tmp_path):
        found = newest(tmp_path / "half/checkpoints")
        assert found is not None
        self.change(tmp_path / "half", format=99)
        before = {path: path.stat().st_mtime_ns for path in (tmp_path / "half").rglob("*")}
        with pytest.raises(ArtganError, match="has format 99, this artgan reads"):
            self.end(stopped, recipe)
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "half").rglob("*")} == before


def test_a_changed_recipe_is_refused_and_what_differs_is_listed(artgan, bars, tmp_path):
    assert artgan(*bars, "--steps", 4, "--name", "a").code == 0
    recipe = tmp_path / "runs/a/recipe.toml"
    changed = recipe.read_text().replace("batch = 16", "batch = 8").replace("smoothing = 0.0", "smoothing = 0.1")
    recipe.write_text(changed)
    before = sorted((tmp_path / "runs/a").rglob("*"))
    shown = artgan("run", "--resume", "a", "--steps", 8)
    assert shown.code == 1
    last = shown.err.splitlines()[-1]
    assert "loss.smoothing: 0.0 → 0.1" in last
    assert "training.batch: 16 → 8" in last
    assert sorted((tmp_path / "runs/a").rglob("*")) == before


@pytest.mark.parametrize("how", [shutil.move, pytest.param(shutil.copytree, marks=pytest.mark.slow)])
def test_a_run_that_was_moved_or_copied_goes_on(artgan, bars, tmp_path, state_of, how):
    bars = (*bars, "--set", "training.decay=0")  # which depends on the steps in all
    assert artgan(*bars, "--steps", 4, "--name", "a").code == 0
    how(tmp_path / "runs/a", tmp_path / "elsewhere")
    assert artgan("run", "--resume", "elsewhere", "--steps", 8).code == 0
    assert artgan(*bars, "--steps", 8, "--name", "b").code == 0
    assert state_of(tmp_path / "elsewhere") == state_of(tmp_path / "runs/b")


def test_changed_data_needs_an_explicit_flag(artgan, pictures, tmp_path):
    path = tmp_path / "bars.npy"
    np.save(path, np.load(pictures))
    small = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16")
    assert artgan("run", path, *small, "--steps", 2, "--name", "a").code == 0
    np.save(path, np.load(pictures)[:80])
    refused = artgan("run", "--resume", "a", "--steps", 4)
    assert refused.code == 1
    assert "by --changed-data" in refused.err
    assert artgan("run", "--resume", "a", "--steps", 4, "--changed-data").code == 0
    np.save(path, np.zeros((96, 8, 8, 3), np.uint8))
    unfit = artgan("run", "--resume", "a", "--steps", 6, "--changed-data").err.splitlines()[-1]
    assert "does not fit the recipe's generator for samples of 3×8×8: its " in unfit
    assert "go on with data of the same size and kind, or start a new run" in unfit
    assert artgan("run", path, *small, "--steps", 2, "--changed-data").code == 2
