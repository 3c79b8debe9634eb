"""What a step takes is measured before a run begins."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from support.stepped import Stepped, SteppedNetwork

from artgan.training.pace import seconds_of_step


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


@pytest.mark.parametrize("slow", [0, 1])
def test_a_step_takes_what_it_takes_in_the_mean_where_every_other_is_slower(small, trainer, monkeypatch, slow):
    judge = SteppedNetwork.forward

    def judging(network, samples, labels):
        time.sleep(0.2 if network.told[-1] % 2 == slow else 0.01)
        return judge(network, samples, labels)

    monkeypatch.setattr(SteppedNetwork, "forward", judging)
    game = trainer(replace(small(), discriminator=Stepped()))
    assert 0.2 < seconds_of_step(game) < 0.3, "each player's turn is judged once"


def test_steps_in_which_a_lazy_penalty_is_due_are_counted_as_often_as_they_come(small, trainer, monkeypatch):
    game = trainer(small(penalty=[{"name": "r1", "gamma": 1.0, "interval": 8}]))
    step, taken = game.step, []

    def stepping():
        time.sleep(0.8 if game.steps % 8 == 0 else 0.0)
        taken.append(game.steps)
        step()

    monkeypatch.setattr(game, "step", stepping)
    assert seconds_of_step(game) >= 0.8 / 8
    assert 8 in taken
