"""On a disk that can only be read, what only reads works, and what would write is refused in one line."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from artgan.training.lock import is_locked, locked


@pytest.fixture
def read_only(artgan, bars, small_disk, tmp_path) -> Iterator[Path]:
    """A disk that can only be read, with a finished run `a` and its data."""
    disk = small_disk("64m")
    shutil.copyfile(bars[1], disk / "bars.npy")
    data = disk / "bars.npy"
    short = ("--steps", 4, "--set", "training.held_out=0.3", "--name", "a", "--out", disk)
    assert artgan("run", data, *bars[2:], *short).code == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    yield disk
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


def test_what_only_reads_works_and_the_state_of_a_run_is_told_rightly(artgan, read_only, tmp_path, monkeypatch):
    monkeypatch.chdir(read_only)
    assert artgan("runs").out.splitlines()[1].split("\t")[:3] == ["a", "4 of 4", "finished"]
    assert artgan("runs", "verify").out == "a step-00000004: whole\n"
    assert artgan("about", "gallery/a/works/seed-00000000.png").code == 0
    assert artgan("remake", "gallery/a/works/seed-00000000.png").code == 0
    assert artgan("sample", "a", "-n", 1, "--out", tmp_path / "works").code == 0


def test_a_run_is_measured_where_its_page_cannot_be_written(artgan, read_only, tmp_path):
    run = read_only / "runs/a"
    assert f"cannot write in {run}: choose another folder with --out" in artgan("evaluate", run).err
    shown = artgan("evaluate", run, "-n", 100, "--metric", "diversity", "--out", tmp_path / "numbers")
    assert shown.code == 0
    assert "it is not on the run's page" in shown.err
    assert (tmp_path / "numbers/evaluation.json").is_file()


def test_what_would_write_is_refused_in_one_line(artgan, read_only):
    for words in (["run", "--resume", read_only / "runs/a"], ["runs", "prune", read_only / "runs/a"]):
        shown = artgan(*words)
        assert shown.code == 1
        assert shown.err.splitlines()[-1] == (
            f"Error: cannot write in {read_only / 'runs/a'} (Read-only file system): "
            f"copy the run to where you can, and go on there"
        )


@pytest.fixture
def unwritable(monkeypatch) -> Callable[[], None]:
    """Have every lock refused that is opened to be written, as another user's is."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    return lambda: monkeypatch.setattr("filelock.FileLock.acquire", refuse)


def test_a_lock_is_one_only_where_somebody_holds_it(tmp_path, unwritable):
    with locked(tmp_path):
        unwritable()
        assert is_locked(tmp_path)
    assert (tmp_path / "lock").exists()
    assert not is_locked(tmp_path)


def test_what_is_no_file_is_no_lock(tmp_path):
    (tmp_path / "lock").mkdir()
    assert not is_locked(tmp_path)
