"""A plugin's metric that fails costs its own numbers and nothing else, and is told in one line."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from support.processes import SMALL

PLUGIN = """
from dataclasses import dataclass
import numpy as np
import artgan
from artgan.interfaces import Metric

@dataclass(frozen=True)
class Faulty(Metric):
    '''A metric that is wrong.'''

    name = "faulty"
    drawn = True
    judges = {judges}

    def applies(self, spec):
        {applies}

    def measure(self, real, fake):
        {measure}

@dataclass(frozen=True)
class Levels(Metric):
    '''A metric that is right.'''

    name = "levels"
    drawn = True

    def measure(self, real, fake):
        return {{"level": np.float32(np.mean([len(text) if isinstance(text, str) else text.mean() for text in fake]))}}

@artgan.hookimpl
def register_metrics():
    return [Faulty, Levels]
"""

FAULTS = {
    "raise ZeroDivisionError('no\\nsamples')": "measure raised ZeroDivisionError: no samples",
    "raise artgan.ArtganError('too few samples: 100 are needed')": "too few samples: 100 are needed",
    "raise SystemExit": "measure raised SystemExit",
    "real[0] = 0; return {'a': 1.0}": "measure raised ValueError: assignment destination is read-only",
    "fake[0] = 0; return {'a': 1.0}": "measure raised ValueError: assignment destination is read-only",
    "return None": "measure returned NoneType, not names with numbers",
    "return [1.0]": "measure returned list, not names with numbers",
    "return {}": "measure returned no number",
    "return {'wrong': float('nan')}": "wrong is nan",
    "return {'wrong': -np.inf}": "wrong is -inf",
    "return {'wrong': 'good'}": "wrong is a str, not a number",
    "return {'wrong': True}": "wrong is a bool, not a number",
    "return {7: 1.0}": "a number is called 7, which is no word",
    "return {'': 1.0}": "a number is called '', which is no word",
    "return {'a\\x1bb': np.nan}": "a\N{REPLACEMENT CHARACTER}b is nan",
}


@pytest.fixture
def plugin(tmp_path):
    """Write a plugin with a metric that fails in a given way, and one that does not."""

    def write(measure: str = "return {'x': 1.0}", *, applies: str = "return True", judges: bool = False) -> Path:
        path = tmp_path / "sick_metric.py"
        path.write_text(PLUGIN.format(measure=measure, applies=applies, judges=judges), encoding="utf-8")
        return path

    return write


def lines(shown, phrase: str) -> list[str]:
    """Return the lines of a command that hold a phrase, however a terminal broke them."""
    return " ".join(shown.err.split()).replace("Warning:", "\nWarning:").split("\n")[1:] if phrase in shown.err else []


def told(shown) -> list[str]:
    return [line for line in lines(shown, "metric") if "metric faulty" in line]


def rows(run: Path) -> list[dict[str, float]]:
    return [json.loads(row) for row in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.slow
class TestWhileTraining:
    @pytest.mark.parametrize(("measure", "fault"), FAULTS.items())
    def test_it_is_told_once_and_all_else_is_measured(self, artgan, bars, plugin, tmp_path, measure, fault):
        often = ("--steps", 6, "--set", "training.snapshots=3", "--name", "a")
        shown = artgan(*bars, *often, "--plugin", plugin(measure))
        assert shown.code == 0, shown.err
        (line,) = told(shown)
        advice = "left out; artgan plugins check sick_metric.py says more"
        assert f"metric faulty (sick_metric.py): {fault}; {advice}" in line
        measured = rows(tmp_path / "runs/a")
        assert len(measured) == 4
        assert all({"diversity", "level", "level of real"} <= set(row) for row in measured)
        assert all(math.isfinite(value) for row in measured for value in row.values())
        assert "level" in (tmp_path / "gallery/a/index.html").read_text()

    def test_what_is_right_beside_wrong_numbers_stays_and_each_of_those_is_told(self, artgan, bars, plugin, tmp_path):
        wrong = plugin("return {'x': 2, 'y': np.nan, 'z': np.inf}")
        shown = artgan(*bars, "--steps", 2, "--name", "a", "--plugin", wrong)
        assert shown.code == 0
        assert [re.search(r"\): (. is \S+);", line)[1] for line in told(shown)] == ["y is nan", "z is inf"]
        assert rows(tmp_path / "runs/a")[-1]["x"] == 2
        assert not {"y", "z"} & rows(tmp_path / "runs/a")[-1].keys()

    def test_one_that_does_not_know_whether_it_applies_is_left_out(self, artgan, bars, plugin, tmp_path):
        shown = artgan(*bars, "--steps", 2, "--name", "a", "--plugin", plugin(applies="raise KeyError('lang')"))
        assert shown.code == 0
        assert ["it raised KeyError" in line for line in told(shown)] == [True]
        assert "level" in rows(tmp_path / "runs/a")[-1]

    @pytest.mark.parametrize("measure", ["raise ValueError('no')", "return {'wrong': np.nan, 'x': 1.0}", "return {}"])
    def test_a_judge_that_fails_leaves_it_to_the_next(self, artgan, pictures, plugin, tmp_path, measure):
        judged = ("--steps", 4, "--evaluate-every", 2, "--name", "a", "--plugin", plugin(measure, judges=True))
        shown = artgan("run", pictures, *SMALL, *judged)
        assert shown.code == 0, shown.err
        assert len(told(shown)) == 1
        (best,) = (tmp_path / "runs/a/best").iterdir()
        assert json.loads((best / "state.json").read_text())["quality"][0] == "Fréchet distance (random-v1)"

    def test_a_judge_that_fails_on_generated_samples_alone_keeps_no_best(self, artgan, pictures, plugin, tmp_path):
        fails = "return {'a': 1.0 if fake.max() == 230 else np.nan}"
        judged = ("--steps", 4, "--evaluate-every", 2, "--name", "a", "--plugin", plugin(fails, judges=True))
        shown = artgan("run", pictures, *SMALL, *judged)
        assert shown.code == 0, shown.err
        assert len(told(shown)) == 1
        assert not (tmp_path / "runs/a/best").exists()


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.npy"
    np.save(path, np.random.default_rng(1).integers(0, 256, (240, 16, 16), dtype=np.uint8))
    return path


@pytest.fixture
def trained(artgan, many):
    """A short run on enough pictures to evaluate it."""
    assert artgan("run", many, *SMALL, "--steps", 2, "--name", "a", "--quiet").code == 0
    return artgan


def evaluation(tmp_path: Path) -> dict[str, float]:
    record = json.loads((tmp_path / "runs/a/evaluation/evaluation.json").read_text(), parse_constant=pytest.fail)
    return {row["name"]: row["value"] for row in record["measurements"]}


class TestEvaluate:
    @pytest.mark.parametrize("measure", ["raise ValueError('no')", "return {'wrong': np.nan}", "return None"])
    def test_it_is_told_once_and_all_other_numbers_are_written(self, trained, plugin, tmp_path, measure):
        chosen = ("--metric", "detail", "--metric", "levels", "--metric", "faulty")
        shown = trained("evaluate", "a", "-n", 100, *chosen, "--plugin", plugin(measure))
        assert shown.code == 0, shown.err
        assert len(told(shown)) == 1
        assert set(evaluation(tmp_path)) == {"detail", "level"}

    @pytest.mark.parametrize("few", ["real", "fake"])
    def test_one_that_fails_on_few_samples_has_no_interval_and_is_left_out(self, trained, plugin, tmp_path, few):
        fails = f"return {{'x': 1.0 if len({few}) > 15 else np.nan}}"
        shown = trained(
            "evaluate", "a", "-n", 100, "--metric", "detail", "--metric", "faulty", "--plugin", plugin(fails)
        )
        assert shown.code == 0, shown.err
        assert len(told(shown)) == 1
        assert set(evaluation(tmp_path)) == {"detail"}

    def test_where_nothing_else_was_asked_for_it_is_an_error(self, trained, plugin, tmp_path):
        shown = trained("evaluate", "a", "-n", 100, "--metric", "faulty", "--plugin", plugin("return {}"))
        assert shown.code == 1
        assert shown.err.splitlines()[-1] == "Error: nothing was measured: faulty gave no number that is right"
        assert not (tmp_path / "runs/a/evaluation").exists()


@pytest.mark.slow
def test_compare_shows_what_was_measured_of_some_runs_alone(trained, many, plugin):
    assert trained("run", many, *SMALL, "--steps", 2, "--name", "b", "--seed", 1, "--quiet").code == 0
    assert trained("run", many, *SMALL, "--steps", 3, "--name", "c", "--quiet").code == 0
    for run, measure in (("a", "raise ValueError"), ("b", "return {'x': 0.25}"), ("c", "return {'x': 0.5}")):
        measured = ("--metric", "detail", "--metric", "faulty", "--plugin", plugin(measure))
        assert trained("evaluate", run, "-n", 100, *measured).code == 0
    shown = trained("compare", "a", "b", "c")
    assert shown.code == 0, shown.err
    (row,) = (line.split() for line in shown.out.splitlines() if line.split()[:1] == ["x"])
    assert " ".join(row) == "x 0.250 (1 of 2 runs) 0.500"
