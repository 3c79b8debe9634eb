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
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from support.classes import class_features
from support.contenders import of_artgan, of_mimicry, of_the_tutorial, of_torchgan
from support.race import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, best, geometric, plot, race, reached

from artgan.builtin.dataset.idx import DEBIAN
from artgan.builtin.features import RandomFeatures
from artgan.evaluation.distances import frechet
from artgan.evaluation.patches import patch_distances
from artgan.interfaces import Modality, Workspace
from artgan.recipe.compose import compose
from artgan.training.budget import in_steps, seconds_per_step
from artgan.training.device import fast_precision
from artgan.training.held_out import held_out_rows, training_rows
from artgan.training.trainer import Trainer

random_features = RandomFeatures().build()

SHORT, FULL = 24.0, 240.0
SECONDS = float(os.environ.get("ARTGAN_BENCHMARK_SECONDS", SHORT))
POINTS = 10 if SECONDS >= FULL else 7
TIMES_AS_FAST = 3 if SECONDS >= FULL else 10
"""What the default must be by every distance; in little time the tutorial's loop reaches little."""
COUNT = 2000
"""Pictures that are measured."""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("distance", "seconds"),
    [(9.0, 1.0), (8.0, 1.0), (4.0, 2.0), (2.0, 4.0), (1.0, None)],
)
def test_a_distance_is_reached_between_the_points_of_a_curve(distance, seconds):
    curve = [(1.0, 8.0), (4.0, 2.0), (8.0, 3.0)]
    assert reached(curve, distance) == (None if seconds is None else pytest.approx(seconds))


def test_a_plot_draws_every_curve_within_its_frame():
    svg = plot({"one": [(1.0, 8.0), (4.0, 2.0)], "other": [(2.0, 9.0), (3.0, 3.0)]}, title="distance", floor=0.5)
    paths = [path.get("d", "") for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]
    curves = [[float(number) for number in re.findall(r"[\d.]+", path)] for path in paths if "L" in path]
    assert len(curves) == 2
    assert all(LEFT <= x <= WIDTH - RIGHT for curve in curves for x in curve[::2])
    assert all(TOP <= y <= HEIGHT - BOTTOM for curve in curves for y in curve[1::2])


@pytest.mark.slow
@pytest.mark.skipif(not Path(DEBIAN).exists(), reason="the Debian package dataset-fashion-mnist is not installed")
def test_the_default_is_as_good_as_the_tutorial_in_a_fraction_of_its_time(registry, tmp_path, capsys):
    cpu = torch.device("cpu")
    recipe = compose(registry, {"dataset": {"name": "fashion-mnist"}}, "default")
    recipe = recipe.with_precision(fast_precision(cpu))
    data = recipe.dataset.open(Workspace(cache=tmp_path / "cache"))
    modality = registry.modality(data.spec)
    assert isinstance(modality, Modality)
    recipe = recipe.with_steps(in_steps(recipe, data, seconds_per_step(recipe, data, modality, cpu)))
    game = Trainer(recipe=recipe, data=data, modality=modality, device=cpu)

    train, apart = (np.array(data.samples[rows(data, recipe.training)]) for rows in (training_rows, held_out_rows))
    contenders, absent = [of_artgan("artgan", game), of_the_tutorial(train)], []
    for rival in (of_mimicry, of_torchgan) if SECONDS >= FULL else ():
        try:
            contenders.append(rival(train))
        except (ImportError, AttributeError) as error:
            absent.append(f"{rival.__name__}: {error}")
    assert data.labels is not None
    of_classes = class_features(train, data.labels[training_rows(data, recipe.training)])
    random_of_apart, classes_of_apart = random_features(apart), of_classes(apart)

    def distances(pictures: np.ndarray) -> dict[str, float]:
        (finest,) = patch_distances(apart[:COUNT], pictures).values()
        return {
            f"Fréchet ({RandomFeatures.version})": frechet(random_features(pictures), random_of_apart),
            "patches": finest,
            "Fréchet (classes)": frechet(of_classes(pictures), classes_of_apart),
        }

    of_real = distances(train[:COUNT])
    runners = race(contenders, geometric(SECONDS / 120, SECONDS, POINTS), distances, COUNT)
    lines = [f"{recipe.training.steps} steps of artgan in {recipe.training.precision}; times on one thread"]
    lines += [f"absent: {reason}" for reason in absent]
    ratios: dict[str, float] = {}
    out = Path(os.environ.get("ARTGAN_BENCHMARK_OUT", tmp_path))
    out.mkdir(parents=True, exist_ok=True)
    for what, real in of_real.items():
        curves = {name: runner.curves[what] for name, runner in runners.items()}
        rival = curves["DCGAN tutorial"]
        goal = best(rival)
        first = reached(rival, goal) or SECONDS
        lines.append(f"{what}: the tutorial reaches {goal:.4g} in {first:.1f} s; real pictures have {real:.4g}")
        for name, curve in curves.items():
            when = reached(curve, goal)
            if name == "artgan":
                ratios[what] = first / when if when else 0.0
            at_least = " at least" if when == curve[0][0] else ""
            story = f"in {when:.1f} s,{at_least} {first / when:.2f} times as fast" if when else "never"
            lines.append(f"  {name}: {story}; {curve[-1][1]:.4g} after {runners[name].steps} steps")
        file = re.sub("[^a-z0-9]+", "-", what.lower().replace("é", "e")).strip("-")
        svg = plot(curves, title=f"Fashion-MNIST: distance ({what}) by training time", floor=real)
        (out / f"{file}.svg").write_text(svg, encoding="utf-8")
        (out / f"{file}.json").write_text(json.dumps({"real": real, **curves}, indent=1), encoding="utf-8")
    with capsys.disabled():
        print("\n" + "\n".join([*lines, f"plots: {out}"]))
    assert min(ratios.values()) >= TIMES_AS_FAST
