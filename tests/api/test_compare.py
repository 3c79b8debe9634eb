"""`artgan.api.compare`: the numbers of runs that were evaluated, side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from artgan.api import Budget, ComparisonRequest, RunRequest, compare, run_seeds
from artgan.errors import ArtganError, UsageError


@pytest.fixture
def evaluated(pictures, plugins, tmp_path, monkeypatch):
    """Return the name of a run with given numbers; `a-0` and `a-1` differ in the seed alone, and `b-0` in the loss."""
    monkeypatch.chdir(tmp_path)
    first = RunRequest(
        source=pictures, generator="cnn:width=2,latent=4", discriminator="cnn:width=2", loss="hinge", batch=8,
        budget=Budget(steps=1), name="a", device="cpu",
    )  # fmt: skip
    for request, seeds in ((first, 2), (replace(first, loss="bce", name="b-0"), 1)):
        list(run_seeds(request, seeds, plugins=plugins))

    def evaluated(name: str, numbers: dict[str, float], fingerprint: str = "0") -> str:
        record = {
            "fingerprint": fingerprint,
            "step": 1,
            "measurements": [{"name": key, "value": value} for key, value in numbers.items()],
        }
        folder = tmp_path / "runs" / name / "evaluation"
        folder.mkdir()
        (folder / "evaluation.json").write_text(json.dumps(record))
        return name

    return evaluated


def test_runs_that_differ_in_the_seed_alone_are_taken_together(evaluated, plugins):
    runs = (evaluated("a-0", {"KID": 1.0, "detail": 0.5}), evaluated("a-1", {"KID": 3.0}), evaluated("b-0", {"C_T": 7}))
    comparison = compare(ComparisonRequest(runs=runs), plugins=plugins)
    assert comparison.titles == ["a-0, a-1", "b-0"]
    assert comparison.rows == [
        ["KID", "2.000 ± 1.414", ""],
        ["detail", "0.500 (1 of 2 runs)", ""],
        ["C_T", "", "7.000"],
    ]
    assert [group.values("KID") for group in comparison.groups] == [[1.0, 3.0], []]


def test_works_of_the_same_seeds_hang_beside_each_other(evaluated, plugins, tmp_path):
    runs = (evaluated("a-0", {"KID": 1.0}), evaluated("b-0", {"KID": 2.0}))
    page = compare(ComparisonRequest(runs=runs), plugins=plugins).page
    assert page is not None
    assert (tmp_path / page).samefile(tmp_path / "gallery/compare-a-0-b-0.html")
    html = page.read_text(encoding="utf-8")
    assert 'src="a-0/works/seed-' in html
    assert 'src="b-0/works/seed-' in html
    assert "2.000" in html


def test_numbers_are_found_before_anything_is_written(evaluated, plugins, tmp_path):
    seen = []
    runs = (evaluated("a-0", {"KID": 1.0}), evaluated("b-0", {"KID": 2.0}))
    request = ComparisonRequest(runs=runs)
    compare(request, plugins=plugins, found=lambda found: seen.append((found.rows, list(tmp_path.rglob("compare-*")))))
    assert seen == [([["KID", "1.000", "2.000"]], [])]


def test_runs_that_hang_nowhere_are_compared_in_numbers_alone(evaluated, plugins, tmp_path):
    runs = (evaluated("a-0", {"KID": 1.0}), evaluated("b-0", {"KID": 2.0}))
    (tmp_path / "gallery").rename(tmp_path / "elsewhere")
    comparison = compare(ComparisonRequest(runs=runs), plugins=plugins)
    assert comparison.page is None
    assert comparison.rows == [["KID", "1.000", "2.000"]]


def test_what_cannot_be_compared_is_refused(evaluated, plugins, tmp_path):
    with pytest.raises(UsageError, match="give two runs or more"):
        ComparisonRequest(runs=("a-0",))
    runs = (evaluated("a-0", {"KID": 1.0}), "b-0")
    with pytest.raises(UsageError, match="b-0 was not evaluated: artgan evaluate b-0"):
        compare(ComparisonRequest(runs=runs), plugins=plugins)
    evaluated("b-0", {"KID": 1.0}, fingerprint="1")
    with pytest.raises(UsageError, match="a-0 and b-0 were trained on different data"):
        compare(ComparisonRequest(runs=runs), plugins=plugins)
    (tmp_path / "runs/b-0/evaluation/evaluation.json").write_text("{}")
    with pytest.raises(ArtganError, match="is damaged"):
        compare(ComparisonRequest(runs=runs), plugins=plugins)
