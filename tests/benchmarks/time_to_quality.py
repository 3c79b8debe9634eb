"""How soon the default makes as good pictures as the DCGAN tutorial's loop, on Fashion-MNIST.

The short form runs either for 24 s. ARTGAN_BENCHMARK_SECONDS=240 is the full form, with the networks of
torch-mimicry and torchgan beside them where those are installed (`pip install --no-deps torch-mimicry torchgan`);
ARTGAN_BENCHMARK_OUT is the folder that plots and numbers are written to.

Three distances to pictures held out are taken, each blind to something: Fréchet on random features (contrast and coarse
shape), that of patches (texture), and Fréchet on the features of a classifier (what a picture shows).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from benchmarks.classes import class_features
from benchmarks.contenders import Contender, Pictures, of_artgan, of_mimicry, of_the_tutorial, of_torchgan
from benchmarks.race import Curve, Runner, best, geometric, plot, race, reached
from benchmarks.ratio import NotInstalledError, Ratio, threads

from artgan.builtin.dataset.idx import DEBIAN
from artgan.builtin.features import RandomFeatures
from artgan.builtin.metric.feature_distances import frechet
from artgan.builtin.metric.pyramid import patch_distances
from artgan.interfaces import Modality, Workspace
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.training.budget import in_steps
from artgan.training.device import fast_precision
from artgan.training.held_out import held_out_rows, training_rows
from artgan.training.pace import measure_pace
from artgan.training.trainer import Trainer

SHORT, FULL = 24.0, 240.0
SECONDS = float(os.environ.get("ARTGAN_BENCHMARK_SECONDS", SHORT))
OUT = os.environ.get("ARTGAN_BENCHMARK_OUT")
POINTS = 10 if SECONDS >= FULL else 7
TIMES_AS_FAST = 3 if SECONDS >= FULL else 10
"""What the default must be by every distance; in little time the tutorial's loop reaches little."""
COUNT = 2000
"""Pictures that are measured."""
TUTORIAL = "DCGAN tutorial"


def measure(place: Path) -> Iterator[Ratio]:
    """Race to the best distance that the tutorial's loop reaches, by each kind of distance."""
    if not Path(DEBIAN).exists():
        raise NotInstalledError("the Debian package dataset-fashion-mnist is not installed")
    with threads(1):
        game = fashion_trainer(place / "cache")
        data, settings = game.data, game.recipe.training
        train, apart = (np.array(data.samples[rows(data, settings)]) for rows in (training_rows, held_out_rows))
        assert data.labels is not None
        distances = distances_to(apart, class_features(train, data.labels[training_rows(data, settings)]))
        contenders, absent = contenders_of(game, train)
        runners = race(contenders, geometric(SECONDS / 120, SECONDS, POINTS), distances, COUNT)
    steps = [f"artgan trains in {settings.precision}; times on one thread", *absent]
    for what, real in distances(train[:COUNT]).items():
        curves = {name: runner.curves[what] for name, runner in runners.items()}
        ratio, story = told(curves, runners)
        remark = "\n".join([*steps, f"real pictures have {real:.4g}", *story])
        yield Ratio(f"time to the tutorial's best by {what}, in artgan's times", ratio, TIMES_AS_FAST, remark=remark)
        steps = []
        if OUT:
            draw(curves, what, real, Path(OUT))


def fashion_trainer(cache: Path) -> Trainer:
    """Return the trainer of the default recipe as `artgan run` would have it."""
    cpu, registry = torch.device("cpu"), load_plugins().registry
    recipe = compose(registry, {"dataset": {"name": "fashion-mnist"}}, "default")
    recipe = recipe.with_precision(fast_precision(cpu))
    data = recipe.dataset.open(Workspace(cache=cache))
    modality = registry.modality(data.spec)
    assert isinstance(modality, Modality)
    recipe = recipe.with_steps(in_steps(recipe, data, measure_pace(recipe, data, modality, cpu)))
    return Trainer(recipe=recipe, data=data, modality=modality, device=cpu)


def contenders_of(game: Trainer, train: Pictures) -> tuple[list[Contender], list[str]]:
    """Return who races, and lines about who is absent."""
    contenders, absent = [of_artgan("artgan", game), of_the_tutorial(train)], []
    for rival in (of_mimicry, of_torchgan) if SECONDS >= FULL else ():
        try:
            contenders.append(rival(train))
        except (ImportError, AttributeError) as error:
            absent.append(f"absent: {rival.__name__}: {error}")
    return contenders, absent


def distances_to(
    apart: Pictures, of_classes: Callable[[Pictures], np.ndarray]
) -> Callable[[Pictures], Mapping[str, float]]:
    """Return what measures pictures by three distances to those held out."""
    random_features = RandomFeatures().build()
    random_of_apart, classes_of_apart = random_features(apart), of_classes(apart)

    def distances(pictures: Pictures) -> Mapping[str, float]:
        (finest,) = patch_distances(apart[:COUNT], pictures).values()
        return {
            f"Fréchet ({RandomFeatures.version})": frechet(random_features(pictures), random_of_apart),
            "patches": finest,
            "Fréchet (classes)": frechet(of_classes(pictures), classes_of_apart),
        }

    return distances


def told(curves: Mapping[str, Curve], runners: Mapping[str, Runner]) -> tuple[float, list[str]]:
    """Return in how many of artgan's times the tutorial reaches its best (0 if artgan never does), and who did when."""
    goal = best(curves[TUTORIAL])
    first = reached(curves[TUTORIAL], goal) or SECONDS
    ratio, lines = 0.0, [f"the tutorial reaches {goal:.4g} in {first:.1f} s"]
    for name, curve in curves.items():
        when = reached(curve, goal)
        if name == "artgan" and when:
            ratio = first / when
        at_least = " at least" if when == curve[0][0] else ""
        story = f"in {when:.1f} s,{at_least} {first / when:.2f} times as fast" if when else "never"
        lines.append(f"{name}: {story}; {curve[-1][1]:.4g} after {runners[name].steps} steps")
    return ratio, lines


def draw(curves: Mapping[str, Curve], what: str, real: float, out: Path) -> None:
    """Write a plot and its numbers."""
    out.mkdir(parents=True, exist_ok=True)
    stem = re.sub("[^a-z0-9]+", "-", what.lower().replace("é", "e")).strip("-")
    svg = plot(curves, title=f"Fashion-MNIST: distance ({what}) by training time", floor=real)
    (out / f"{stem}.svg").write_text(svg, encoding="utf-8")
    (out / f"{stem}.json").write_text(json.dumps({"real": real, **curves}, indent=1), encoding="utf-8")
