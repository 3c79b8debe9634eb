"""A run that is killed again and again ends as one that was left alone."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

import pytest
from support.processes import wait_for

from artgan.training.checkpoint import newest

KILLS = 15
STEPS = 2400


def step_of(run: Path) -> int:
    found = newest(run / "checkpoints")
    return int(found.name.removeprefix("step-")) if found else 0


def has_passed(run: Path, step: int) -> bool:
    return step_of(run) > step


@pytest.mark.slow
def test_killed_fifteen_times_at_random_a_run_ends_in_the_state_of_one_never_killed(
    start, artgan, bars, state_of, tmp_path
):
    often = ("--steps", STEPS, "--set", "training.checkpoint_every=30", "--set", "training.log_every=10")
    whole = artgan(*bars, *often, "--penalty", "r1:interval=4", "--name", "whole")
    assert whole.code == 0
    run = tmp_path / "runs/killed"
    moments = random.Random(1)
    going = start(*bars, *often, "--penalty", "r1:interval=4", "--name", "killed")
    kills = 0
    while kills < KILLS:
        began = step_of(run) if run.exists() else 0
        wait_for(partial(has_passed, run, began), 120)
        time.sleep(moments.uniform(0, 0.1))
        assert going.poll() is None, "it ended before it was killed often enough"
        going.kill()
        going.communicate()
        kills += 1
        going = start("run", "--resume", "killed")
    said = going.communicate(timeout=300)[1]
    assert going.returncode == 0, said
    assert state_of(run) == state_of(tmp_path / "runs/whole")
    logs = [(tmp_path / f"runs/{name}/log.jsonl").read_text().count("\n") for name in ("whole", "killed")]
    assert logs == [STEPS // 10] * 2
