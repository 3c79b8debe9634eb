"""A signal at any moment loses nothing, a run has one trainer, and a model read while a run saves is whole."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import wait_for

from artgan import ArtganError
from artgan.artworks.model import load_newest
from artgan.artworks.places import newest_model
from artgan.gallery.run_record import RECORD
from artgan.training.checkpoint import newest
from artgan.training.lock import is_locked, locked

LONG = ("--steps", 100_000, "--set", "training.log_every=5")
SLOW_PLUGIN = """
import time
from artgan.training.checkpoint_store import CheckpointStore

save = CheckpointStore.save

def slowly(store, state, model):
    (store.run.path / "saving").touch()
    time.sleep(1.5)
    save(store, state, model)
    (store.run.path / "saved").touch()

CheckpointStore.save = slowly
"""


LATE_PLUGIN = """
import time
import artgan

@artgan.hookimpl(tryfirst=True)
def run_finished(run):
    (run.folder / "trained").touch()
    time.sleep(3)
"""


def logged(folder: Path) -> bool:
    return (folder / "runs/a/log.jsonl").exists()


def stopped(going: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Send a signal; return the exit code and what was said."""
    going.send_signal(number)
    said = going.communicate(timeout=60)[1]
    assert "Traceback" not in said
    return going.returncode, said


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_in_training_saves_the_last_step_and_prints_the_command_that_goes_on(
    start, bars, tmp_path, number, code
):
    going = start(*bars, *LONG, "--name", "a")
    wait_for(lambda: logged(tmp_path))
    time.sleep(0.2)
    returned, said = stopped(going, number)
    assert returned == code
    step = int(re.search(r"Stopped at step (\d+) of 100000 and saved", said)[1])
    assert said.splitlines()[-1] == "  artgan run --resume runs/a"
    assert newest(tmp_path / "runs/a/checkpoints").name == f"step-{step:08d}"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_while_a_checkpoint_is_written_lets_it_be_completed(start, bars, tmp_path, number, code):
    (tmp_path / "slow.py").write_text(SLOW_PLUGIN)
    often = ("--set", "training.checkpoint_every=20", "--plugin", "slow.py")
    going = start(*bars, *LONG, *often, "--name", "a")
    wait_for(lambda: (tmp_path / "runs/a/saving").exists())
    returned, _ = stopped(going, number)
    assert returned == code
    assert (tmp_path / "runs/a/saved").exists()
    assert newest(tmp_path / "runs/a/checkpoints") is not None
    assert not list((tmp_path / "runs/a/checkpoints").glob(".*"))


@pytest.mark.slow
def test_ctrl_c_twice_exits_at_once_and_corrupts_nothing(start, bars, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW_PLUGIN.replace("1.5", "30"))
    often = ("--set", "training.checkpoint_every=20", "--plugin", "slow.py")
    going = start(*bars, *LONG, *often, "--name", "a")
    wait_for(lambda: (tmp_path / "runs/a/saving").exists())
    going.send_signal(signal.SIGINT)
    time.sleep(0.3)
    returned, said = stopped(going, signal.SIGINT)
    assert returned == 130
    assert not (tmp_path / "runs/a/saved").exists()  # nobody waited for what was being saved
    assert "Go on with: artgan run --resume runs/a" in said
    assert not is_locked(tmp_path / "runs/a")


@pytest.mark.slow
def test_a_signal_while_the_gallery_is_hung_says_how_to_hang_it(start, bars, tmp_path, artgan):
    (tmp_path / "late.py").write_text(LATE_PLUGIN)
    going = start(*bars, "--steps", 30, "--name", "a", "--plugin", "late.py")
    wait_for(lambda: (tmp_path / "runs/a/trained").exists())
    returned, said = stopped(going, signal.SIGTERM)
    assert returned == 143
    assert "artgan run --resume runs/a" in said
    assert not (tmp_path / "gallery/a" / RECORD).exists()
    assert artgan("run", "--resume", "a").code == 0
    assert (tmp_path / "gallery/a" / RECORD).is_file()


@pytest.mark.slow
def test_a_signal_during_evaluation_loses_nothing_and_says_what_to_do(start, artgan, tmp_path):
    small = ("--generator", "cnn:width=4", "--discriminator", "cnn:width=4", "--steps", 2)
    assert artgan("run", *small, "--name", "a").code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("*")}
    going = start("evaluate", "a", "-n", 50_000)
    wait_for(lambda: "This takes" in going.stderr.readline())
    returned, said = stopped(going, signal.SIGTERM)
    assert (returned, said.splitlines()[-1]) == (143, "Nothing is lost. Measure again with: artgan evaluate a -n 50000")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("*")} == before


@pytest.mark.slow
def test_a_signal_at_the_start_loses_nothing(start, bars, tmp_path):
    (tmp_path / "slow.py").write_text("import time\nopen('loading', 'w')\ntime.sleep(30)\n")
    going = start(*bars, *LONG, "--name", "a", "--plugin", "slow.py")
    wait_for((tmp_path / "loading").exists)
    returned, said = stopped(going, signal.SIGTERM)
    assert (returned, said.strip()) == (143, "Stopped before the first step: nothing is lost.")
    assert not (tmp_path / "runs").exists()


def test_a_second_trainer_is_told_which_process_has_the_run(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time, pathlib; from artgan.training.lock import locked\n"
            "with locked(pathlib.Path(sys.argv[1])): time.sleep(60)",
            str(tmp_path),
        ]
    )
    try:
        wait_for((tmp_path / "lock.holder").exists)
        assert is_locked(tmp_path)
        with pytest.raises(ArtganError, match=f"by process {holder.pid} on {platform.node()}"), locked(tmp_path):
            pass
    finally:
        holder.kill()
        holder.wait()
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        assert (tmp_path / "lock.holder").read_text() == f"process {os.getpid()} on {platform.node()}"


@pytest.mark.slow
def test_a_model_read_while_a_run_saves_is_of_one_moment(start, bars, tmp_path, registry):
    going = start(*bars, *LONG, "--set", "training.checkpoint_every=10", "--set", "training.keep=1", "--name", "a")
    wait_for(lambda: list((tmp_path / "runs/a/checkpoints").glob("step-*")))
    steps: list[int] = []

    def several_were_read() -> bool:
        steps.append(load_newest(tmp_path / "runs/a", registry)[0].step)
        return len(set(steps)) > 3

    wait_for(several_were_read)
    returned, _ = stopped(going, signal.SIGTERM)
    assert returned == 143
    assert steps == sorted(steps)
    assert newest_model(tmp_path / "runs/a").is_file()
