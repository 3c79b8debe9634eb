"""However a run begins, and dies on the way: it has a name of its own, and goes on, or was never begun."""

from __future__ import annotations

import signal

import pytest
from support.processes import wait_for

from artgan.training.checkpoint import newest


@pytest.mark.slow
def test_eight_runs_started_at_once_each_have_a_name_and_hang(start, bars, tmp_path):
    going = [start(*bars, "--steps", 2, "--quiet") for _ in range(8)]
    said = [process.communicate(timeout=300)[1] for process in going]
    assert [process.returncode for process in going] == [0] * 8, said
    names = {f"bars-cnn-bce-{number}" for number in range(1, 9)}
    assert {path.name for path in (tmp_path / "runs").iterdir()} == names
    page = (tmp_path / "gallery/index.html").read_text(encoding="utf-8")
    assert all(f"{name}/index.html" in page for name in names)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
@pytest.mark.parametrize("made", ["runs/a", "runs/a/lock", "runs/a/log.jsonl"])
def test_a_run_that_is_killed_before_its_first_checkpoint_begins_again(start, artgan, bars, tmp_path, made):
    bars = (*bars, "--steps", 400, "--set", "training.log_every=5", "--name", "a")
    going = start(*bars)
    wait_for((tmp_path / made).exists)
    going.kill()
    going.communicate(timeout=60)
    assert not (tmp_path / "runs/a/checkpoints").exists()

    assert artgan("runs").out.splitlines()[1].split("\t")[:3] == ["a", "0 of 400", "stopped"]
    again = artgan("run", "--resume", "a")
    assert again.code == 0
    assert "a had not been saved yet: it begins again at step 0 of 400" in again.err
    assert newest(tmp_path / "runs/a/checkpoints").name == "step-00000400"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_one_that_is_killed_in_its_warm_up_was_never_begun(start, artgan, bars, tmp_path):
    (tmp_path / "slow.py").write_text("import time\nopen('loading', 'w')\ntime.sleep(60)\n", encoding="utf-8")
    going = start(*bars, "--plugin", "slow.py", "--name", "a")
    wait_for((tmp_path / "loading").exists)
    going.kill()
    going.communicate(timeout=60)
    assert not (tmp_path / "runs").exists()
    assert "a is no run" in artgan("run", "--resume", "a").err
    assert artgan(*bars, "--steps", 2, "--name", "a").code == 0
