"""A run whose numbers stop being finite goes back to its last checkpoint; memory that runs out is told with advice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from support import sick

from artgan.training.checkpoint import checkpoints, verify
from artgan.training.journal import CHOSEN

OFTEN = ("--set", "training.checkpoint_every=4", "--set", "training.log_every=1", "--name", "a")


@pytest.fixture
def ill(artgan, pictures):
    """Train twelve steps with the loss that falls ill as its options say."""
    small = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16", "--steps", 12)
    return lambda options, *more: artgan(
        "run", pictures, *small, *OFTEN, "--plugin", sick.__file__, "--loss", f"sick:{options}", *more
    )


def events(tmp_path: Path) -> list[dict[str, Any]]:
    """What happened on the way, without what was chosen at the start."""
    told = map(json.loads, (tmp_path / "runs/a/events.jsonl").read_text().splitlines())
    return [event for event in told if event["event"] != CHOSEN]


def all_saved_is_finite(tmp_path: Path) -> bool:
    saved = [file for place in checkpoints(tmp_path / "runs/a/checkpoints") for file in place.glob("*.safetensors")]
    assert saved
    return all(tensor.isfinite().all() for file in saved for tensor in load_file(file).values())


@pytest.mark.parametrize("how", ["nan", "inf"])
def test_a_loss_that_is_not_finite_once_costs_the_steps_since_the_last_checkpoint(ill, tmp_path, how):
    shown = ill(f"how={how},call=7")
    assert shown.code == 0
    (event,) = events(tmp_path)
    assert (event["event"], event["step"]) == ("rolled back", 4)
    assert f"is {how} at step 7: back to step 4, with fresh random numbers (1 of 3)" in event["message"]
    assert event["message"] in " ".join(shown.err.split())
    assert [json.loads(row)["step"] for row in (tmp_path / "runs/a/log.jsonl").read_text().splitlines()] == [
        *range(1, 13)
    ]
    assert all_saved_is_finite(tmp_path)


def test_going_back_is_shown_on_the_page_of_the_run(ill, tmp_path):
    assert ill("call=7").code == 0
    page = (tmp_path / "gallery/a/index.html").read_text()
    assert "On the way" in page
    assert "is nan at step 7: back to step 4" in page


def test_without_a_checkpoint_it_goes_back_to_the_start(ill, tmp_path):
    assert ill("call=3").code == 0
    assert events(tmp_path)[0]["step"] == 0


@pytest.mark.slow
def test_going_back_takes_another_way(ill, tmp_path):
    """The steps after the return differ from those of a run that never fell ill."""
    assert ill("call=7").code == 0
    fell_ill = (tmp_path / "runs/a/log.jsonl").read_text().splitlines()
    assert ill("call=0", "--name", "b").code == 0
    never = (tmp_path / "runs/b/log.jsonl").read_text().splitlines()
    losses = [[json.loads(row)["loss_discriminator"] for row in rows] for rows in (fell_ill, never)]
    assert losses[0][:4] == losses[1][:4]
    assert losses[0][4:] != losses[1][4:]


def test_after_three_returns_it_stops_with_advice_and_keeps_what_was_healthy(ill, artgan, tmp_path):
    shown = ill("call=7,forever=true")
    assert shown.code == 1
    last = shown.err.splitlines()[-1]
    assert "after 3 returns to a healthy checkpoint: lower the learning rates (--lr) or add --penalty r1" in last
    assert [event["event"] for event in events(tmp_path)] == ["rolled back"] * 3 + ["failed"]
    assert all_saved_is_finite(tmp_path)
    assert not verify(checkpoints(tmp_path / "runs/a/checkpoints")[0])
    assert json.loads(artgan("runs", "--json").out)[0]["state"] == "failed"


@pytest.mark.parametrize("where", ["ema", "weights", "statistics"])
def test_nan_is_never_saved_wherever_it_is(ill, tmp_path, where):
    # right before a checkpoint, after which no tick and no snapshot looks first
    shown = ill(f"poison={where}", "--set", "training.snapshots=1")
    assert shown.code == 0
    assert events(tmp_path)[0]["event"] == "rolled back"
    assert all_saved_is_finite(tmp_path)


def test_running_out_of_memory_names_batch_and_size_and_leaves_the_checkpoint(ill, tmp_path):
    shown = ill("how=memory,call=7")
    assert shown.code == 1
    advice = "try --shards 2, which plays the batch part by part, --batch 8"
    assert f"out of memory with a batch of 16 samples of 1×8×8: {advice}" in shown.err.splitlines()[-1]
    (kept,) = checkpoints(tmp_path / "runs/a/checkpoints")
    assert (kept.name, verify(kept)) == ("step-00000004", "")
