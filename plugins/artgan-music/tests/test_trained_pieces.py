"""A run of pieces in several voices is measured, and leads on from a score of one's own, as a run of tunes does."""

from __future__ import annotations

import json

import pytest
from conftest import chorale

pytestmark = pytest.mark.slow


def test_a_run_of_pieces_is_measured_beside_few_held_out_with_intervals_over_their_scores(trained_pieces):
    metrics = [f"--metric={name}" for name in ("harmony", "copied-pieces", "piece-distance")]
    told = trained_pieces.artgan("evaluate", "first", "-n", "100", *metrics)
    assert "for a verdict 100 must be held out" in told.splitlines()[-1]
    found = json.loads((trained_pieces.folder / "runs/first/evaluation/evaluation.json").read_text())
    real, *drawn = found["rows"]
    assert 20 <= found["held_out"]["count"] < 100
    assert (real["values"]["chords on the beat"], real["margins"]["chords on the beat"]) == (1, 0)
    assert abs(real["values"]["piece distance"]) < real["margins"]["piece distance"]
    for row in drawn:
        assert row["values"]["piece distance"] - row["margins"]["piece distance"] > real["margins"]["piece distance"]
        assert row["values"]["half copied"] == 0

    # the judge, while it trained
    lines = (trained_pieces.folder / "runs/first/metrics.jsonl").read_text().splitlines()
    judged = [line for line in map(json.loads, lines) if "piece distance" in line]
    assert all(line["piece distance"] > line["piece distance of real"] for line in judged)
    assert [line["step"] for line in judged] == [2]


def test_what_is_nearest_to_a_score_of_ones_own_is_made_again_and_led_on_from(trained_pieces):
    (trained_pieces.folder / "mine.abc").write_text(chorale(99))
    found = trained_pieces.artgan("project", "first", "mine.abc", "--steps=2", "--starts=1")
    work, beside = found.splitlines()[-2:]
    assert "identical" in trained_pieces.artgan("remake", work)
    assert (trained_pieces.folder / beside).read_text().count("<g transform") == 2
    assert "child-00000000" in trained_pieces.artgan("breed", "first", work, "1", "-n", "1")
    trained_pieces.artgan("walk", "first", f"--seeds={work},3", "--frames=3", "--out=walk.svg")
    assert (trained_pieces.folder / "walk.mid").is_file()  # the medley
    trained_pieces.artgan("poster", "first", "-n", "3", "--out=sheet.pdf")
    assert (trained_pieces.folder / "sheet.pdf").read_bytes().startswith(b"%PDF")
