"""A budget in minutes counts what was trained, in real processes that are stopped, killed and begun again."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from support.processes import wait_for

MINUTES = 0.5
ASLEEP = 14.0
"""Seconds for which a process sleeps; what is shorter than ten is a wait."""


def rows(folder: Path) -> list[dict[str, float]]:
    log = folder / "runs/a/log.jsonl"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@pytest.mark.slow
def test_time_asleep_counts_for_nothing_and_what_follows_is_trained(start, bars, tmp_path):
    going = start(*bars, "--minutes", MINUTES, "--name", "a")
    wait_for(lambda: rows(tmp_path))
    going.send_signal(signal.SIGSTOP)
    time.sleep(1)  # until what was being written is
    before = rows(tmp_path)[-1]
    time.sleep(ASLEEP)
    going.send_signal(signal.SIGCONT)
    said = going.communicate(timeout=180)[1]

    assert going.returncode == 0, said
    after = rows(tmp_path)
    first = next(row for row in after if row["step"] > before["step"])
    assert first["seconds"] - before["seconds"] < ASLEEP, "the sleep was counted"
    assert after[-1]["seconds"] > 0.8 * 60 * MINUTES, "it was not trained for the minutes that it was given"


@pytest.mark.slow
def test_a_killed_run_goes_on_with_what_is_left_of_its_minutes(start, bars, tmp_path):
    going = start(*bars, "--minutes", MINUTES, "--set", "training.checkpoint_every=50", "--name", "a")
    wait_for(lambda: list(tmp_path.glob("runs/a/checkpoints/step-*")))
    going.kill()
    going.communicate()
    again = start("run", "--resume", "a")
    said = again.communicate(timeout=180)[1]

    assert again.returncode == 0, said
    assert "0.5 minutes in all, of which" in said
    assert abs(rows(tmp_path)[-1]["seconds"] - 60 * MINUTES) < 0.2 * 60 * MINUTES
    recipe = (tmp_path / "runs/a/recipe.toml").read_text(encoding="utf-8")
    assert f"steps = {rows(tmp_path)[-1]['step']}\n" in recipe
    assert "minutes = 0.0\n" in recipe
