"""What a step takes is measured before a run begins."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from support.stepped import Stepped

from artgan.training import pace
from artgan.training.pace import WARM_UP_STEPS, seconds_of_step


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell how much memory a process has held")
def test_the_memory_that_is_said_beforehand_is_what_the_whole_run_takes(tmp_path):
    np.save(tmp_path / "large.npy", np.random.default_rng(1).integers(0, 256, (64, 3, 256, 256), dtype=np.uint8))
    command = [sys.executable, "-m", "artgan", "run", "large.npy", "--steps", "2", "--batch", "16", "--threads", "1"]
    with (tmp_path / "told").open("w") as told:
        run = subprocess.Popen(command, cwd=tmp_path, stdout=told, stderr=subprocess.STDOUT)
        _, code, used = os.wait4(run.pid, 0)
    run.returncode = code
    assert code == 0, (tmp_path / "told").read_text()
    said = float(re.search(r"([\d.]+) GiB held", (tmp_path / "told").read_text())[1])
    held = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    assert held == pytest.approx(said, rel=0.15)


@pytest.fixture(autouse=True)
def _whole_measurements(monkeypatch):
    monkeypatch.setattr(pace, "MEASURED_SECONDS", 1.0)


@pytest.fixture
def clock(monkeypatch):
    """A clock that steps move, which do nothing else: it is given what a step takes, by its number."""

    class Clock:
        now = 0.0

        def time(self, game, seconds):
            def stepping():
                self.now += seconds(game.steps)
                game.steps += 1

            monkeypatch.setattr(game, "step", stepping)

    clock = Clock()
    monkeypatch.setattr(pace, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


@pytest.mark.parametrize("slow", [0, 1])
def test_a_step_takes_what_it_takes_in_the_mean_where_every_other_is_slower(small, trainer, clock, slow):
    game = trainer(replace(small(), discriminator=Stepped()))
    clock.time(game, lambda step: 0.4 if step % 2 == slow else 0.02)
    assert seconds_of_step(game) == pytest.approx(0.21)


@pytest.mark.parametrize("interval", [1, 3, 8, 100])
def test_steps_in_which_a_lazy_penalty_is_due_are_counted_as_often_as_they_come(small, trainer, clock, interval):
    game = trainer(small(penalty=[{"name": "r1", "gamma": 1.0, "interval": interval}]))
    clock.time(game, lambda step: 0.1 + 0.7 * (step % interval == 0))
    for _ in range(2):
        assert seconds_of_step(game) == pytest.approx(0.1 + 0.7 / interval)


def test_slow_steps_of_a_rare_kind_are_not_waited_for(small, trainer, clock):
    game = trainer(small(penalty=[{"name": "r1", "gamma": 1.0, "interval": 40}]))
    clock.time(game, lambda step: 30.0)
    assert seconds_of_step(game) == pytest.approx(30)
    assert clock.now <= 30 * (WARM_UP_STEPS + 2)


def test_steps_that_pretrain_are_all_of_one_kind(small, trainer, clock):
    game = trainer(small(penalty=[{"name": "r1", "gamma": 1.0, "interval": 8}]).with_steps(2000))
    game.recipe = game.recipe.with_training(pretrain=1.0)
    clock.time(game, lambda step: 2.0)
    assert seconds_of_step(game) == pytest.approx(2)
    assert clock.now == 2.0 * (WARM_UP_STEPS + 1)
