"""`artgan evaluate` on a run that makes pictures."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from artgan.builtin.discriminator import CnnDiscriminator
from artgan.commands.main import main
from artgan.interfaces import Metric
from artgan.training import variety
from artgan.training.held_out import held_out, held_out_rows, training_rows
from artgan.training.journal import CHOSEN
from artgan.training.real_samples import RealSamples

SMALL = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16", "--steps", "6")


PLUGIN = """
import artgan
from artgan.interfaces import Features, Metric


class Corner(Features):
    '''The first pixels.'''

    name, version, size, resize = "corner", "corner-v2", 8, "none"

    def digest(self):
        return "0" * 64

    def build(self):
        return lambda pictures: pictures.reshape(len(pictures), -1)[:, :6] / 255


class Lightness(Metric):
    '''How light pictures are.'''

    name, modalities = "lightness", frozenset({"image"})

    def measure(self, real, fake):
        return {"mean lightness": fake.mean() / 255}


@artgan.hookimpl
def register_features():
    return [Corner]


@artgan.hookimpl
def register_metrics():
    return [Lightness]
"""

WRONG = [
    (("--metric", "recal"), "no metric of pictures is called 'recal'; did you mean 'recall'?"),
    (("--features", "random"), "no features is called 'random'; did you mean 'random-v1'?"),
    (("--features", "random-v1:size=3"), "features random-v1 has no option 'size'"),
]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """400 grey pictures of 16×16: a bar of some width, at some place, on a noisy ground."""
    random = np.random.default_rng(1)
    samples = random.integers(0, 60, (400, 16, 16), dtype=np.uint8)
    for sample in samples:
        start = random.integers(0, 12)
        sample[:, start : start + random.integers(1, 5)] = random.integers(180, 255)
    path = tmp_path_factory.mktemp("many") / "many.npy"
    np.save(path, samples)
    return path


@pytest.fixture(scope="module")
def trained(many, tmp_path_factory):
    """A folder with a run called bars."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with pytest.raises(SystemExit, match=r"^0$"):
            main(["run", str(many), *SMALL, "--name", "bars", "--quiet"])
    return folder


class TestHoldingOut:
    def test_a_tenth_is_never_trained_on(self, small, trainer, many):
        game = trainer(small(dataset={"name": "array", "path": str(many)}))
        apart = held_out_rows(game.data, game.recipe.training)
        reals = RealSamples(game.data, game.modality, game.recipe.training, torch.device("cpu"))
        drawn = {sample.numpy().tobytes() for number in range(100) for sample in reals.draw(number, 0)[0]}
        others = np.delete(game.data.samples, apart, axis=0)
        assert len(apart) == 40
        assert drawn == {sample.numpy().tobytes() for sample in game.modality.to_float(torch.from_numpy(others))}

    def test_which_ones_depends_on_the_seed_alone(self, small, trainer, many):
        def rows(**training):
            recipe = small(dataset={"name": "array", "path": str(many)}, training=training)
            return held_out_rows(trainer(recipe).data, recipe.training).tolist()

        assert rows() == rows(batch=8)
        assert rows() != rows(seed=1)

    def test_none_is_held_out_of_few_or_where_none_is_wanted(self, small, trainer, many):
        few = trainer(small())
        assert held_out(few.data, few.recipe.training, 10) is None
        assert len(training_rows(few.data, few.recipe.training)) == 96
        none = trainer(small(dataset={"name": "array", "path": str(many)}, training={"held_out": 0.0}))
        assert len(training_rows(none.data, none.recipe.training)) == 400

    def test_the_user_is_told(self, artgan, many):
        assert "400 samples of 1×16×16, 40 of them held out" in artgan("run", many, *SMALL, "--dry-run").err


class TestEvaluating:
    @pytest.fixture
    def run(self, trained, tmp_path):
        shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
        return tmp_path / "runs/bars"

    @pytest.mark.parametrize(("seen", "warned"), [("corner-v2", True), ("others-v1", False)])
    def test_warns_where_works_are_compared_by_what_they_were_trained_to_please(
        self, artgan, run, tmp_path, monkeypatch, seen, warned
    ):
        (tmp_path / "corner.py").write_text(PLUGIN)
        monkeypatch.setattr(CnnDiscriminator, "sees_features", seen)
        shown = artgan(
            *("evaluate", "bars", "-n", 100, "--plugin", "corner.py"), "--features=corner", "--metric=lightness"
        )
        assert shown.code == 0, shown.err
        assert ("trained to please corner-v2" in " ".join(shown.err.split())) == warned

    def test_prints_numbers_and_a_verdict_and_keeps_them(self, artgan, run, tmp_path):
        shown = artgan("evaluate", "bars", "-n", 120)
        assert shown.code == 0, shown.err
        for name in ("Fréchet (random-v1)", "KID", "precision", "recall", "density", "coverage", "detail", "C_T"):
            assert name in shown.out
        verdict = shown.out.splitlines()[-1]
        assert verdict.startswith("bars is ")
        assert verdict.endswith(" among 120.")
        record = json.loads((run / "evaluation/evaluation.json").read_text())
        assert record["features"]["name"] == "random-v1"
        assert (record["pictures"], record["compared"], record["step"]) == (120, 40, 6)
        assert len(record["weights_digest"]) == 64
        assert all(np.isfinite(row["value"]) and row["margin"] >= 0 for row in record["measurements"])
        with Image.open(run / "evaluation/nearest.png") as nearest:
            assert nearest.width > nearest.height
        page = (tmp_path / "gallery/bars/index.html").read_text()
        assert "How good it is" in page
        assert record["verdict"][1:] in page

    def test_features_and_metrics_are_chosen_told_and_recorded(self, artgan, run, tmp_path):
        (tmp_path / "corner.py").write_text(PLUGIN)
        metrics = ("--metric", "kid", "--metric", "detail", "--metric", "lightness")
        words = ("-n", 100, "--plugin", "corner.py", "--features", "corner", *metrics)
        shown = artgan("evaluate", "bars", *words)
        assert shown.code == 0, shown.err
        told = " ".join(shown.err.split())
        assert re.search(r"This takes [^:]+: 100 pictures, features corner-v2, kid, detail, lightness", told)
        assert "KID (corner-v2)" in shown.out
        assert not any(word in shown.out for word in ("random-v1", "recall", "varied", "copies"))
        record = json.loads((run / "evaluation/evaluation.json").read_text())
        assert record["features"] == {"name": "corner-v2", "digest": "0" * 64, "size": 8, "resize": "none"}
        assert record["metrics"] == ["kid", "detail", "lightness"]
        assert [row["name"] for row in record["measurements"]] == ["KID (corner-v2)", "detail", "mean lightness"]
        assert record["measurements"][2]["meaning"] == "How light pictures are."
        assert 0 < record["measurements"][2]["real"] < 1
        assert record["copies"] is None
        assert not (run / "evaluation/nearest.png").exists()
        for wrong, phrase in WRONG:
            refused = artgan("evaluate", "bars", *wrong)
            assert refused.code == 2
            assert phrase in refused.err.splitlines()[-1]

    def test_twice_says_the_same(self, artgan, run):
        found = []
        for _ in range(2):
            assert artgan("evaluate", "bars", "-n", 100).code == 0
            found.append((run / "evaluation/evaluation.json").read_text())
        assert found[0] == found[1]

    def test_data_that_changed_since_is_refused(self, artgan, run, tmp_path, many):
        path = tmp_path / "other.npy"
        np.save(path, np.load(many)[::-1])
        recipe = run / "recipe.toml"
        lines = [f'path = "{path}"' if line.startswith("path") else line for line in recipe.read_text().splitlines()]
        recipe.write_text("\n".join(lines))
        shown = artgan("evaluate", "bars")
        assert (shown.code, "has changed since bars was trained" in shown.err) == (1, True)

    def test_a_run_that_held_nothing_out_is_told_how_to(self, artgan, pictures):
        assert artgan("run", pictures, *SMALL, "--name", "few", "--quiet").code == 0
        shown = artgan("evaluate", "few")
        assert shown.code == 1
        assert "0 pictures were held out of training, and at least 20 are needed" in shown.err.splitlines()[-1]


class TestCollapse:
    """Works that all look alike are told while there is still something to do."""

    @pytest.mark.parametrize(("least", "step"), [(4, 10), (12, 14)])
    def test_is_told_once_after_the_first_fifth_and_the_least_steps(
        self, artgan, many, tmp_path, monkeypatch, least, step
    ):
        monkeypatch.setattr(variety, "EARLY_STEPS", least)
        training = "--set", "training.snapshots=10", "--set", "training.collapses=0"
        shown = artgan("run", many, *SMALL[:-1], 40, "--lr", "1e-12", *training, "--name", "same")
        assert shown.code == 0
        events = [json.loads(line) for line in (tmp_path / "runs/same/events.jsonl").read_text().splitlines()]
        assert [(event["event"], event["step"]) for event in events if event["event"] != CHOSEN] == [
            ("collapsed", step)
        ]
        told = " ".join(shown.err.split())
        assert told.count("the works have come to look alike (nearest distinct 0.") == 1
        assert "the works have come to look alike" in (tmp_path / "gallery/same/index.html").read_text()

    def test_diversity_is_the_distance_of_two_pictures_at_8_by_8(self, registry):
        metric = registry.get(Metric, "diversity").configure({})
        black, white = (np.full((1, 3, 16, 16), level, np.uint8) for level in (0, 255))
        assert metric.measure(black, np.concatenate([black, white]))["diversity"] == pytest.approx(1)
        assert metric.measure(black, black.repeat(5, axis=0))["diversity"] == 0
        assert metric.measure(black, black)["diversity"] == 0
