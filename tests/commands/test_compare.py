"""`artgan compare`: runs side by side, and over seeds."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest

SMALL = (
    "--generator",
    "cnn:width=4,latent=8",
    "--discriminator",
    "cnn:width=4",
    "--batch",
    "16",
    "--steps",
    4,
    "--quiet",
)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """240 grey pictures of 16×16."""
    random = np.random.default_rng(1)
    path = tmp_path_factory.mktemp("many") / "many.npy"
    np.save(path, random.integers(0, 256, (240, 16, 16), dtype=np.uint8))
    return path


@pytest.fixture(scope="module")
def kept(done, many, tmp_path_factory):
    """A folder with two runs that differ in the seed, and one with another loss; all are evaluated."""
    folder = tmp_path_factory.mktemp("kept")
    for name, more in (("a", ("--seed", 0)), ("b", ("--seed", 1)), ("c", ("--loss", "hinge"))):
        done("run", many, *SMALL, *more, "--name", name, "--out", folder)
        done("evaluate", folder / "runs" / name, "-n", 100)
    return folder


@pytest.fixture
def runs(kept, tmp_path):
    """A copy of these runs."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)


def values(tmp_path, name):
    record = json.loads((tmp_path / f"runs/{name}/evaluation/evaluation.json").read_text())
    return {row["name"]: row["value"] for row in record["measurements"]}


@pytest.mark.slow
def test_json_holds_what_was_measured_of_each_run(artgan, runs, tmp_path):
    shown = artgan("compare", "a", "b", "c", "--json")
    first, second = json.loads(shown.out)
    assert (first["runs"], second["runs"]) == (["a", "b"], ["c"])
    assert first["numbers"]["detail"] == [values(tmp_path, name)["detail"] for name in "ab"]
    measured = artgan("evaluate", "c", "-n", 100, "--json")
    assert json.loads(measured.out) == json.loads((tmp_path / "runs/c/evaluation/evaluation.json").read_text())


@pytest.mark.slow
def test_runs_that_differ_in_the_seed_alone_are_one_column_of_means(artgan, runs, tmp_path):
    shown = artgan("compare", "a", "b", "c")
    assert shown.code == 0, shown.err
    detail = next(line for line in shown.out.splitlines() if line.strip().startswith("detail"))
    first, second, other = (values(tmp_path, name)["detail"] for name in "abc")
    numbers = [float(number) for number in re.findall(r"\d+\.\d+", detail)]
    expected = [(first + second) / 2, abs(first - second) / 2**0.5, other]
    assert numbers == pytest.approx(expected, abs=6e-4)


@pytest.mark.slow
def test_runs_of_unequal_length_are_columns_of_their_own(artgan, many):
    for name, steps in (("short", 2), ("long", 4)):
        assert artgan("run", many, *SMALL, "--steps", steps, "--name", name).code == 0
        assert artgan("evaluate", name, "-n", 100, "--metric", "detail").code == 0
    shown = artgan("compare", "short", "long")
    assert shown.out.split()[:2] == ["short", "long"]


@pytest.mark.slow
def test_works_of_the_same_seeds_hang_side_by_side(artgan, runs, tmp_path):
    shown = artgan("compare", "a", "c")
    page = tmp_path / "gallery/compare-a-c.html"
    assert shown.out.splitlines()[-1] == "gallery/compare-a-c.html"
    html = page.read_text()
    for name in "ac":
        assert html.count(f'src="{name}/works/seed-') == 16
    links = set(re.findall(r'(?:src|href)="([^"#]+)"', html))
    assert [link for link in links if link != "data:," and not (page.parent / link).exists()] == []
    assert "precision (random-v1)" in html


@pytest.mark.slow
def test_numbers_are_told_also_where_the_page_cannot_be_written(artgan, runs, tmp_path):
    (tmp_path / "gallery/compare-a-c.html").mkdir()
    failed = artgan("compare", "a", "c")
    assert failed.code == 1
    assert "precision (random-v1)" in failed.out
    assert failed.err.count("\n") == 1


@pytest.mark.slow
def test_an_evaluation_is_told_with_its_verdict_also_where_it_cannot_be_written(artgan, runs, tmp_path):
    (tmp_path / "full/evaluation/evaluation.json").mkdir(parents=True)  # a folder where a file must be
    failed = artgan("evaluate", "a", "-n", 100, "--metric", "detail", "--out", "full/evaluation")
    assert failed.code == 1
    assert failed.out.split()[-1] == "blurry."
    assert "detail" in failed.out


def test_several_seeds_are_several_runs_of_one_recipe(artgan, many, tmp_path):
    shown = artgan("run", many, *SMALL[:-1], "--seeds", 2, "--seed", 5, "--name", "s")
    assert shown.code == 0
    assert "artgan compare runs/s-5 runs/s-6" in " ".join(shown.err.split())
    recipes = [(tmp_path / f"runs/s-{seed}/recipe.toml").read_text().splitlines()[1:] for seed in (5, 6)]
    assert [line for pair in zip(*recipes, strict=True) for line in pair if pair[0] != pair[1]] == [
        "seed = 5",
        "seed = 6",
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["a"], "give two runs or more"),
        (["a", "nothing"], "nothing is no run"),
        (["a", "b"], "b was not evaluated: artgan evaluate b"),
        (["a", "c"], "a and c were trained on different data"),
        (["a", "d"], "is damaged"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(artgan, tmp_path, given, words):
    whole = {"fingerprint": "1", "step": 4, "measurements": [{"name": "detail", "value": 1.0}]}
    kept = {"a": whole, "b": None, "c": whole | {"fingerprint": "2"}, "d": {"fingerprint": 3}}
    for name, record in kept.items():
        folder = tmp_path / "runs" / name / "evaluation"
        folder.mkdir(parents=True)
        (folder.parent / "recipe.toml").write_text("")
        if record:
            (folder / "evaluation.json").write_text(json.dumps(record))
    shown = artgan("compare", *given)
    assert shown.code in (1, 2)
    (line,) = shown.err.splitlines()
    assert words in line
