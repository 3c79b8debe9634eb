"""The plugin keeps to artgan's contract, and its cloths to their harmonies."""

from __future__ import annotations

import colorsys
import os
import re
import subprocess
import sys
from pathlib import Path

import artgan_palette
import numpy as np
import pytest
from artgan_palette import HARMONIES, Palette, Pearson

from artgan import testing
from artgan.interfaces import Workspace


def test_it_loads_quickly():
    testing.check_imports(artgan_palette.__file__)


@pytest.mark.parametrize("cloths", [Palette, Palette(size=17, stripes=3, count=40, seed=5)])
def test_the_dataset_conforms(cloths):
    testing.check_dataset(cloths)


@pytest.mark.parametrize("loss", [Pearson, Pearson(generator_minimises="divergence")])
def test_the_loss_conforms(loss):
    testing.check_loss(loss)


def test_each_cloth_has_the_hues_of_its_class(tmp_path):
    data = Palette(count=60).open(Workspace(tmp_path))
    for sample, label in zip(data.samples, data.labels, strict=True):
        colours = np.unique(sample.reshape(3, -1), axis=1).T / 255
        hues = [colorsys.rgb_to_hls(*colour)[0] for colour in colours]
        shifts = list(HARMONIES.values())[label]
        fits = [
            all(min(abs((hue - first - shift + 0.5) % 1 - 0.5) for shift in shifts) < 0.02 for hue in hues)
            for first in np.arange(0, 1, 0.005)
        ]
        assert any(fits)


def test_another_seed_makes_other_cloths(tmp_path):
    first, second = (Palette(count=4, seed=seed).open(Workspace(tmp_path)) for seed in (0, 1))
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize("how", ["file", "installed"])
def test_a_run_uses_both(tmp_path, how):
    words = ["--dataset=palette:count=64,size=16", "--loss=pearson", "--generator=cnn:width=4", "--steps=5", "--quiet"]
    words += [f"--plugin={Path(artgan_palette.__file__)}"] if how == "file" else []
    only = {"ARTGAN_LOAD_PLUGINS": "" if how == "file" else "artgan-palette"}
    done = subprocess.run(
        [sys.executable, "-m", "artgan", "run", *words, "--name=first"],
        cwd=tmp_path, env={**os.environ, **only}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    recipe = (tmp_path / "runs/first/recipe.toml").read_text()
    assert re.search('name = "[^"]+/pearson"', recipe), "a recipe says which plugin offers what"
