"""Commands that are printed work as they are printed, from there, in the shell, whatever a folder is called."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import wait_for

from artgan.training.checkpoint import newest

PLACE = "else where; it's $HOME"
LOSS = """
from dataclasses import dataclass

import artgan
from artgan.interfaces import Loss


@dataclass(frozen=True)
class Plain(Loss):
    '''The difference of the logits.'''

    name = "plain"

    def discriminator(self, turn):
        return turn.fake_logits - turn.real_logits

    def generator(self, turn):
        return -turn.fake_logits


@artgan.hookimpl
def register_losses():
    return [Plain]
"""


@pytest.fixture
def type_it(tmp_path):
    """Type a command into a shell, in the folder where others are typed, and return what came of it."""
    script = tmp_path / "bin/artgan"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m artgan "$@"\n', encoding="utf-8")
    script.chmod(0o755)

    def call(command: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
        path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command, shell=True, cwd=tmp_path / folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )

    return call


def left(tmp_path: Path) -> set[str]:
    return {path.name for path in tmp_path.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="typed into a POSIX shell")
def test_a_run_that_was_stopped_goes_on_by_the_command_and_hangs_beside_its_runs(start, bars, tmp_path, type_it):
    (tmp_path / "my loss.py").write_text(LOSS, encoding="utf-8")
    own = ("--plugin", "my loss.py", "--loss", "plain", "--set", "training.log_every=5", "--set", "training.decay=0")
    going = start(*bars, *own, "--steps", 3000, "--name", "a", "--out", PLACE)
    run = tmp_path / PLACE / "runs/a"
    wait_for(lambda: (run / "log.jsonl").exists())
    before = left(tmp_path)
    going.send_signal(signal.SIGINT)
    command = going.communicate(timeout=60)[1].splitlines()[-1]

    done = type_it(command)
    assert done.returncode == 0, done.stderr
    assert newest(run / "checkpoints").name == "step-00003000"
    assert (tmp_path / PLACE / "gallery/a/index.html").is_file()
    assert left(tmp_path) == before


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="typed into a POSIX shell")
def test_runs_of_several_seeds_are_compared_and_the_best_sampled_by_the_commands(
    start, artgan, bars, tmp_path, type_it
):
    going = start(*bars, "--steps", 4, "--seeds", 2, "--evaluate-every", 2, "--name", "s", "--out", PLACE)
    said = going.communicate(timeout=200)[1].splitlines()
    sample = next(line for line in said if line.startswith("  artgan sample"))
    assert type_it(f"{sample} -n 1").returncode == 0

    # That which compares says which evaluates, where nothing was evaluated yet.
    (compare,) = (line.removeprefix("Evaluate each, and then: ") for line in said if line.startswith("Evaluate each"))
    refused = type_it(compare)
    assert refused.returncode == 2
    evaluate = refused.stderr.strip().partition("was not evaluated: ")[2]
    assert "are needed to evaluate" in type_it(evaluate).stderr  # for there are few pictures


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="typed into a POSIX shell")
def test_data_that_was_moved_is_given_by_the_command(artgan, bars, tmp_path, type_it):
    data = tmp_path / "bars.npy"
    data.write_bytes(bars[1].read_bytes())
    assert artgan("run", data, *bars[2:], "--steps", 2, "--name", "a", "--out", PLACE).code == 0
    data.rename(tmp_path / "moved.npy")
    refused = type_it(f"artgan run --resume {shlex.quote(f'../{PLACE}/runs/a')}", "bin")
    command = refused.stderr.strip().partition("as in ")[2]
    assert type_it(command.replace("DATA", "../moved.npy"), "bin").returncode == 0
