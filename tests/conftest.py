"""What the tests share: a tiny real dataset, the built-in components, and a recipe of small networks."""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # the networks here are too small to share among threads
os.environ["ARTGAN_LIVE"] = "0"  # exporting takes seconds; the tests of live works ask for it

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import settings
from support.outcome import Outcome
from support.trainers import make_trainer

from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.builtin.generator import CnnGenerator
from artgan.builtin.modality.image import ImageModality
from artgan.commands.main import main
from artgan.interfaces import Spec
from artgan.plugins.loader import Plugins, load_plugins
from artgan.plugins.registry import Registry
from artgan.recipe.compose import compose, merge
from artgan.recipe.recipe import Recipe
from artgan.training import pace
from artgan.training.trainer import Trainer

settings.register_profile("artgan", deadline=None)  # no test asserts a time
settings.load_profile("artgan")


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["ARTGAN_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["ARTGAN_DATA"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True, scope="session")
def _short_measurements() -> None:
    """How long steps take is measured before each run, for a second where it matters: here few runs are to last."""
    pace.MEASURED_SECONDS = 0.02


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    return load_plugins()


@pytest.fixture(scope="session")
def registry(plugins: Plugins) -> Registry:
    return plugins.registry


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """96 grey pictures of 8×8: a bright bar at one of eight places, on a dim noisy ground."""
    random = np.random.default_rng(1)
    samples = random.integers(0, 60, (96, 8, 8), dtype=np.uint8)
    samples[np.arange(96), :, np.arange(96) % 8] = 230
    path = tmp_path_factory.mktemp("pictures") / "bars.npy"
    np.save(path, samples)
    return path


SMALL: dict[str, Any] = {
    "generator": {"name": "cnn", "width": 4, "latent": 8},
    "discriminator": {"name": "cnn", "width": 4},
    "loss": {"name": "bce"},
    "training": {"steps": 12, "batch": 16, "log_every": 5, "snapshots": 2},
}


@pytest.fixture
def small(registry: Registry, pictures: Path) -> Callable[..., Recipe]:
    """Make a recipe of small networks; keyword arguments are tables that replace parts of it."""

    def make(**tables: Any) -> Recipe:
        base = {**SMALL, "dataset": {"name": "array", "path": str(pictures)}}
        return compose(registry, merge(base, tables), None)

    return make


@pytest.fixture
def trainer(registry: Registry, tmp_path: Path) -> Callable[[Recipe], Trainer]:
    """Make a trainer of a recipe, on the CPU."""

    return lambda recipe: make_trainer(recipe, registry, tmp_path / "cache")


@pytest.fixture
def artgan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Call `artgan` with arguments, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as stop:
            main([str(item) for item in arguments])
        shown = capsys.readouterr()
        return Outcome(int(stop.value.code or 0), shown.out, shown.err)

    return call


@pytest.fixture(scope="session")
def done() -> Callable[..., None]:
    """Call `artgan` with arguments, which must succeed; for what is made once for several tests."""

    def call(*arguments: object) -> None:
        with pytest.raises(SystemExit) as stop:
            main([str(item) for item in arguments])
        assert not stop.value.code

    return call


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start `artgan` as a process of its own, in an empty folder."""

    def call(*arguments: object, stderr: Any = subprocess.PIPE) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "artgan", *map(str, arguments)]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=stderr, text=True)

    return call


RECIPE = '[generator]\nname = "cnn"\nlatent = 8\nwidth = 2\n\n[[penalty]]\nname = "r1"\ngamma = 1.0\n'
PROVENANCE = Provenance("a-run", "Some data", "CC0 1.0", "somewhere", "f" * 64, {"artgan": "0.1.0"}, 1.5, 200)


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """Make a model with random weights, of 8×8 pixels unless told otherwise."""

    def make(seed: int = 0, shape: tuple[int, ...] = (1, 8, 8), **provenance: Any) -> Model:
        torch.manual_seed(seed)
        generator, spec = CnnGenerator(latent=8, width=2), Spec("image", shape)
        return Model.from_state(
            generator.build(spec).state_dict(),
            recipe=RECIPE,
            generator=generator,
            modality=ImageModality(),
            spec=spec,
            step=100,
            provenance=replace(PROVENANCE, **provenance),
        )

    return make


@pytest.fixture
def model(make_model: Callable[..., Model]) -> Model:
    return make_model()


@pytest.fixture
def hung(artgan: Callable[..., Outcome], model: Model, tmp_path: Path) -> Callable[..., Outcome]:
    """Call `artgan` where a model with random weights lies in a gallery, as the run ``bars``."""
    model.save(tmp_path / "gallery/bars/model.safetensors")
    return artgan
