"""`artgan.api.evaluate`: numbers, a verdict and a record of any run of pixels or tokens."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import FrozenInstanceError, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from support import strangers
from support.recorder import Recorder

from artgan import ArtganError, UsageError
from artgan.api import Budget, Evaluation, EvaluationRequest, RunRequest, _baseline, _token_evaluation, evaluate, run
from artgan.errors import StoppedError
from artgan.interfaces import Observer, RunInfo
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Source
from artgan.recipe.compose import compose

TEMPERATURES = [0.5, 0.65, 0.8, 0.9, 1.0]


@pytest.fixture(scope="module")
def plugins():
    """What is installed, and kinds of art that artgan does not know."""
    loaded = load_plugins()
    loaded.register(strangers, Source("strangers", "strangers", "1"))
    assert loaded.problems == []
    return loaded


@pytest.fixture(scope="module")
def train(plugins, tmp_path_factory):
    """Return the folder of a short run on a dataset."""

    def train(dataset: str, network: str) -> Path:
        request = RunRequest(
            dataset=dataset,
            generator=f"{network}:width=4",
            discriminator=f"{network}:width=4",
            loss="bce",
            batch=8,
            budget=Budget(steps=2),
            settings={"training": {"pretrain": 0}},
            name=dataset,
            out=tmp_path_factory.mktemp(dataset),
            device="cpu",
        )
        return run(request, plugins=plugins).folder

    return train


@pytest.fixture(scope="module")
def icons(train) -> Path:
    return train("icons", "cnn")


@pytest.fixture(scope="module")
def melodies(train) -> Path:
    return train("melodies", "rnn")


@pytest.fixture(scope="module")
def icons_evaluation(icons, plugins):
    """What was found of a run of sprites, and what was told meanwhile."""
    reporter, seen = Recorder(), []

    def found(evaluation):
        seen.append([path.exists() for path in evaluation.files])

    request = EvaluationRequest(run=icons, count=100, metrics=("kid", "detail", "copying"))
    evaluation = evaluate(request, plugins=plugins, reporter=reporter, found=found)
    assert seen == [[False, False]]
    return evaluation, reporter


class TestPixels:
    def test_of_any_kind_are_called_by_its_name(self, icons_evaluation):
        evaluation, reporter = icons_evaluation
        assert reporter.said[0].endswith("100 sprites, features random-v1, kid, detail, copying")
        assert evaluation.sentence.startswith("icons is ")
        assert evaluation.sentence.endswith(" among 100.")

    def test_numbers_stand_in_the_table_in_the_record_and_under_their_names(self, icons_evaluation, icons):
        evaluation, _ = icons_evaluation
        record = json.loads((icons / "evaluation/evaluation.json").read_text())
        assert {row["name"]: row["value"] for row in record["measurements"]} == evaluation.numbers
        assert [row[0] for row in evaluation.table.rows] == list(evaluation.numbers)
        assert (record["run"], record["step"], record["pictures"]) == ("icons", 2, 100)

    def test_the_nearest_are_shown_and_the_verdict_hangs(self, icons_evaluation, icons):
        evaluation, _ = icons_evaluation
        assert evaluation.files == (icons / "evaluation/evaluation.json", icons / "evaluation/nearest.png")
        assert all(path.is_file() for path in evaluation.files)
        page = (icons.parents[1] / "gallery/icons/index.html").read_text()
        assert 'src="nearest.png"' in page
        assert evaluation.judged.verdict[1:] in page

    def test_are_written_where_it_is_asked_for(self, icons, plugins, tmp_path):
        request = EvaluationRequest(run=icons, count=100, metrics=("detail",), out=tmp_path / "o")
        assert evaluate(request, plugins=plugins).files == (tmp_path / "o/evaluation.json",)
        assert [path.name for path in (tmp_path / "o").iterdir()] == ["evaluation.json"]


@pytest.fixture
def few(monkeypatch):
    """A short training of baselines, and the few temperatures that works are drawn at."""
    monkeypatch.setattr(_baseline, "FEWEST_STEPS", 4)
    monkeypatch.setattr(_token_evaluation, "TEMPERATURES", (0.5, 1.0))
    return 0.5, 1.0


def rows_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], evaluation.record["rows"])


class TestTokens:
    def test_of_any_kind_are_measured_over_temperatures(self, melodies, plugins):
        reporter = Recorder()
        request = EvaluationRequest(run=melodies, count=100, metrics=("distinct",))
        evaluation = evaluate(request, plugins=plugins, reporter=reporter)
        assert reporter.said[0].endswith("100 tunes at each of 5 temperatures, this run")
        assert evaluation.sentence == "melodies is measured, not judged."
        assert {f"distinct-1 at T = {temperature:g}" for temperature in TEMPERATURES} <= evaluation.numbers.keys()
        assert [row["temperature"] for row in rows_of(evaluation)] == [None, *TEMPERATURES]
        assert evaluation.table.headings == ["", "real", *(f"T = {each:g}" for each in TEMPERATURES)]
        assert not evaluation.plot

    @pytest.mark.slow
    def test_are_judged_beside_a_baseline_that_is_trained_once(self, melodies, plugins, few):
        request = EvaluationRequest(run=melodies, count=100, metrics=("likelihood",))
        with pytest.raises(StoppedError, match=r"Go on with: artgan evaluate .*runs/melodies") as stopped:
            evaluate(request, plugins=plugins, observers=[Stopper()])
        assert stopped.value.exit_code == 128 + signal.SIGTERM
        baseline = melodies.with_name("melodies-mle")
        assert list((baseline / "checkpoints").glob("step-*")) != []

        reporter = Recorder()
        judged = evaluate(request, plugins=plugins, reporter=reporter)
        assert "Training the baseline melodies-mle: 4 steps of maximum likelihood" in reporter.said
        assert "the frontier of maximum likelihood" in judged.sentence
        rows = [(row["source"], row["temperature"]) for row in rows_of(judged)]
        assert rows == [("real, held out", None), *product(("this run", "maximum likelihood"), few)]
        assert (melodies / "evaluation/frontier.svg").read_text() == judged.plot

        given, again = replace(request, baseline=baseline, out=melodies / "again"), Recorder()
        assert evaluate(given, plugins=plugins, reporter=again).record == judged.record
        assert not any("baseline" in line for line in again.said)

    def test_a_baseline_of_other_data_is_refused(self, melodies, icons, plugins):
        request = EvaluationRequest(run=melodies, baseline=icons, count=100, metrics=("likelihood",))
        with pytest.raises(ArtganError, match="maximum likelihood was trained on other data than tune"):
            evaluate(request, plugins=plugins)


class Stopper(Observer):
    """Asks the process to end as soon as a run begins."""

    def run_started(self, run: RunInfo) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metrics": ("ngrams",)}, "no metric of tunes is called 'ngrams'"),
        ({"features": "random-v1"}, "--features are for pictures, and melodies makes tunes"),
        ({"run": "nowhere"}, "nowhere is no run"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is_written(melodies, plugins, tmp_path, changes, words):
    request = replace(EvaluationRequest(run=melodies, out=tmp_path / "o"), **changes)
    with pytest.raises(UsageError, match=words):
        evaluate(request, plugins=plugins)
    assert not (tmp_path / "o").exists()


def test_what_is_neither_pixels_nor_tokens_is_refused(plugins, tmp_path):
    (tmp_path / "perfume").mkdir()
    names = {"dataset": "perfumes", "generator": "nose", "discriminator": "critic", "loss": "bce"}
    tables = {kind: {"name": name} for kind, name in names.items()}
    recipe = compose(plugins.registry, {**tables, "training": {"steps": 1}}, None)
    (tmp_path / "perfume/recipe.toml").write_text(recipe.to_toml(plugins.registry))
    with pytest.raises(UsageError, match="perfume makes scents, which evaluate cannot measure"):
        evaluate(EvaluationRequest(run=tmp_path / "perfume"), plugins=plugins)


def test_a_request_is_checked_and_cannot_be_changed():
    with pytest.raises(UsageError, match="99 works are too few"):
        EvaluationRequest(run="a", count=99)
    with pytest.raises(FrozenInstanceError):
        EvaluationRequest(run="a").count = 200  # type: ignore[misc]  # what must fail
