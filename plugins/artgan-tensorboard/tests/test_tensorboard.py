"""What a run does is in TensorBoard's event files; the plugin must be installed for this."""

from __future__ import annotations

import json
import subprocess
import sys

import artgan_tensorboard
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from artgan.testing import check_imports, check_observer

RUN = ["run", "--generator=cnn:width=4", "--discriminator=cnn:width=4", "--batch=16", "--quiet"]
SETTINGS = ["--set=training.log_every=5", "--set=training.snapshots=2"]

ILL = """
from dataclasses import dataclass

import artgan
from artgan import option
from artgan.interfaces import Loss

steps = []


@dataclass(frozen=True)
class Ill(Loss):
    '''Becomes NaN once.'''

    name = "ill"
    at: int = option(1, "the step at which it does", min=1)

    def discriminator(self, turn):
        steps.append(len(steps))
        return (turn.fake_logits - turn.real_logits) * (float("nan") if len(steps) == self.at else 1)

    def generator(self, turn):
        return -turn.fake_logits


@artgan.hookimpl
def register_losses():
    return [Ill]


@artgan.hookimpl
def run_started(run):
    steps.clear()  # what is tried before the first step does not count
"""


@pytest.fixture
def artgan(tmp_path):
    """Call `artgan` in an empty folder."""
    samples = np.random.default_rng(1).integers(0, 255, (64, 8, 8), np.uint8)
    np.save(tmp_path / "pictures.npy", samples)

    def call(*arguments):
        command = [sys.executable, "-m", "artgan", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "plugin" not in done.stderr

    return call


@pytest.fixture
def train(artgan):
    return lambda *arguments: artgan(*RUN, *SETTINGS, "--dataset=array:path=pictures.npy", "--name=first", *arguments)


def events(folder):
    found = EventAccumulator(str(folder / "runs/first/tensorboard"), size_guidance={"images": 0, "scalars": 0})
    found.Reload()
    return found


def logged(folder):
    return [json.loads(line) for line in (folder / "runs/first/log.jsonl").read_text().splitlines()]


def test_it_loads_quickly():
    check_imports("artgan_tensorboard")


def test_it_does_no_harm_to_runs_that_stop_go_on_and_fall_back():
    check_observer(artgan_tensorboard)


def test_every_scalar_of_the_log_is_there(train, tmp_path):
    train("--steps=20")
    found, rows = events(tmp_path), logged(tmp_path)
    for name in set(rows[0]) - {"step", "kimg", "seconds"}:
        points = found.Scalars(name.replace("_", "/", 1))
        assert [point.step for point in points] == [row["step"] for row in rows] == [5, 10, 15, 20]
        assert [point.value for point in points] == pytest.approx([row[name] for row in rows], rel=1e-6)
    assert len(found.Scalars("speed/steps_per_second")) == 4


def test_every_snapshot_and_the_recipe_are_there(train, tmp_path):
    train("--steps=20")
    found = events(tmp_path)
    assert [image.step for image in found.Images("samples")] == [0, 5, 20]
    assert found.Images("samples")[-1].width > 8
    (text,) = found.Tensors("recipe/text_summary")
    recipe = text.tensor_proto.string_val[0].decode()
    assert "    [generator]\n" in recipe
    assert str(tmp_path) not in recipe


def test_a_run_that_goes_on_has_each_step_once(artgan, train, tmp_path):
    train("--steps=20")
    artgan("run", "--resume", "first", "--steps=30", "--quiet")
    found = events(tmp_path)
    assert [point.step for point in found.Scalars("loss/generator")] == [5, 10, 15, 20, 25, 30]
    steps = [image.step for image in found.Images("samples")]
    assert steps == sorted(set(steps))
    assert steps[-1] == 30


def test_a_run_that_goes_on_from_before_its_last_point_makes_it_void(artgan, train, tmp_path):
    train("--steps=20", "--set=training.checkpoint_every=10")
    for checkpoint in (tmp_path / "runs/first/checkpoints").glob("*20"):
        (checkpoint / "manifest.json").unlink()
    artgan("run", "--resume", "first", "--quiet")
    assert [point.step for point in events(tmp_path).Scalars("loss/generator")] == [5, 10, 15, 20]


@pytest.mark.parametrize(("at", "back"), [(18, 10), (7, 0)])
def test_a_run_that_goes_back_to_a_checkpoint_has_each_step_once(train, tmp_path, at, back):
    (tmp_path / "ill.py").write_text(ILL)
    often = ("--set=training.log_every=2", "--set=training.checkpoint_every=10", "--evaluate-every=4")
    train("--steps=20", *often, "--plugin=ill.py", f"--loss=ill:at={at}")
    told = (tmp_path / "runs/first/events.jsonl").read_text()
    assert f"back to step {back}" in told

    found, rows = events(tmp_path), logged(tmp_path)
    points = found.Scalars("loss/discriminator")
    assert [point.step for point in points] == [row["step"] for row in rows] == list(range(2, 21, 2))
    assert [point.value for point in points] == pytest.approx([row["loss_discriminator"] for row in rows], rel=1e-6)
    (quality,) = (name for name in found.Tags()["scalars"] if name.startswith("quality/"))
    assert [point.step for point in found.Scalars(quality)] == [4, 8, 12, 16, 20]
    assert [image.step for image in found.Images("samples")] == [0, 5, 20]
    assert found.Tensors("recipe/text_summary")


def test_a_run_of_texts_shows_its_texts(artgan, tmp_path):
    (tmp_path / "names.txt").write_text("\n".join(f"name number {number}" for number in range(64)))
    networks = ["--generator=rnn:width=4,embedding=4,latent=4", "--discriminator=rnn:width=4,embedding=4"]
    artgan("run", "names.txt", *networks, "--batch=8", "--steps=10", *SETTINGS, "--name=first", "--quiet")
    found = events(tmp_path)
    assert len(found.Tensors("samples/text_summary")) == 3
    assert len(found.Scalars("speed/kimg")) == 2
