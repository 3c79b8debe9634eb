"""A generator that makes samples of a class does so when asked to, and its works say which."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from support.classed import CLASSED


@pytest.fixture
def call(artgan, tmp_path):
    (tmp_path / "classed.py").write_text(CLASSED)
    return lambda *arguments: artgan(*arguments, "--plugin=classed.py")


@pytest.fixture(scope="module")
def kept(done, tmp_path_factory):
    """A folder with a run of the plugin's."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "classed.py").write_text(CLASSED)
    done(
        *("run", "--generator=classed", "--discriminator=mlp:width=16", "--dataset=shades", "--name=first"),
        *("--steps=400", "--batch=32", "--quiet", "--set=generator_optimiser.lr=0.02", "--set=training.ema=0"),
        *("--plugin", folder / "classed.py", "--out", folder),
    )
    return folder


@pytest.fixture
def run(kept, tmp_path):
    """A copy of that run."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)


def test_samples_are_of_the_class_asked_for(call, run, tmp_path):
    from artgan.builtin.modality.image import ImageModality

    means = {}
    for name in ("dark", "1"):
        done = call("sample", "first", "--class", name, "-n", "4")
        assert done.code == 0, done.err
        paths = [tmp_path / line for line in done.out.splitlines()]
        label = {"dark": 0, "1": 1}[name]
        assert [path.name for path in paths[:2]] == [f"seed-0000000{seed}-class-{label}.png" for seed in (0, 1)]
        assert paths[-1].name == f"sheet-00000000-4-class-{label}.png"
        works = [ImageModality().read(path) for path in paths[:-1]]
        assert all(record["label"] == label for _, record in works)
        means[name] = np.mean([sample.mean() for sample, _ in works])
        assert call("remake", paths[0]).code == 0
    assert means["dark"] + 50 < means["1"]


def test_without_a_class_seeds_take_turns_and_can_be_made_again(call, run, tmp_path):
    done = call("sample", "first", "-n", "3")
    records = [json.loads((tmp_path / line).with_suffix(".json").read_text()) for line in done.out.splitlines()[:-1]]
    assert [record["label"] for record in records] == [0, 1, 0]


def test_children_and_walks_are_of_the_class_of_the_first_work(call, run, tmp_path):
    light = call("sample", "first", "--seed", "4", "--class", "light", "-n", "1").out.splitlines()[0]
    kid = call("breed", "first", light, "6", "-n", "1", "--out", "kids").out.splitlines()[0]
    assert json.loads((tmp_path / kid).with_suffix(".json").read_text())["label"] == 1
    assert call("remake", kid).code == 0
    assert call("walk", "first", "--seeds", f"{light},6", "--frames", "2", "--out", "w.webp").code == 0
    assert json.loads((tmp_path / "w.json").read_text())["label"] == 1


def test_a_class_that_no_model_knows_is_refused_in_one_line(call, run, tmp_path):
    from artgan.builtin.modality.image import ImageModality

    path = tmp_path / call("sample", "first", "-n", "1").out.splitlines()[0]
    sample, record = ImageModality().read(path)
    ImageModality().write(path, sample, record | {"label": 99})
    for command in (("remake", path), ("breed", "first", path, "3", "--out", "kids")):
        refused = call(*command)
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert "class 99" in refused.err


def test_the_gallery_names_the_class_of_each_work_and_the_commands_ask_for_it(call, run, tmp_path):
    shown = json.loads((tmp_path / "gallery/first/run.json").read_text())
    assert [work["class"] for work in shown["works"][:3]] == ["dark", "light", "dark"]
    page = (tmp_path / "gallery/first/index.html").read_text()
    assert "--class" in page
    work = next((tmp_path / "gallery/first/works").glob("seed-00000001*.html")).read_text()
    assert "light" in work


@pytest.mark.parametrize("name", ["grey", "2", "-1", "٣"])
def test_an_unknown_class_is_refused_with_those_that_there_are(call, run, name):
    done = call("sample", "first", f"--class={name}")
    assert done.code == 2
    assert f"--class {name} is no class of this run; there are: dark (0), light (1)" in done.err


def test_a_generator_without_classes_says_so(artgan, pictures):
    small = ["--generator=cnn:width=4,latent=8", "--discriminator=cnn:width=4", "--steps=2", "--quiet", "--name=plain"]
    assert artgan("run", f"--dataset=array:path={pictures}", *small).code == 0
    done = artgan("sample", "plain", "--class=0")
    assert done.code == 2
    assert "generator cnn of this run makes no classes apart" in done.err
