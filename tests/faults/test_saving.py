"""A checkpoint is whole or not there, and no full disk ends a run."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from functools import partial
from pathlib import Path

import pytest
import torch
from support import saving
from support.processes import wait_for

from artgan.training.checkpoint import checkpoints, clean, load_checkpoint, newest

FILES = ["training.safetensors", "model.safetensors", "state.json", "manifest.json"]


@pytest.fixture(scope="module")
def process():
    """Start a function of `saving` in a process that can be killed; forked from a server that has torch loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["artgan.training.checkpoint"])
    return context.Process


def whole(folder: Path) -> int:
    """Return the step of the newest checkpoint, having checked that all its parts are of that step."""
    found = newest(folder)
    assert found is not None
    saved = load_checkpoint(found)
    assert torch.equal(saved.tensors["weight"].unique(), torch.tensor([float(saved.state["step"])]))
    return saved.state["step"]


def is_beyond(folder: Path, step: int) -> bool:
    """Return whether there is a checkpoint of a later step."""
    return any(path.name > f"step-{step:08d}" for path in folder.glob("step-*"))


@pytest.mark.slow
def test_killed_at_fifty_random_moments_of_saving_there_is_always_a_whole_checkpoint(process, tmp_path):
    moments = random.Random(1)
    saving.save(tmp_path, 1)
    reached = 1
    for kill in range(50):
        dying = process(target=saving.save_forever, args=(tmp_path, reached + 1))
        dying.start()
        if kill % 2:  # dies at a later checkpoint; the others die at their first, or before
            wait_for(partial(is_beyond, tmp_path, reached))
        time.sleep(moments.uniform(0.0, 0.08))
        dying.kill()
        dying.join()
        told: list[str] = []
        assert whole(tmp_path) >= reached
        reached = whole(tmp_path)
        left = [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        clean(tmp_path, told.append)
        assert len(told) == len(left)
        assert all(path.name.startswith("step-") for path in tmp_path.iterdir())
    assert reached > 25


@pytest.mark.parametrize("end", [saving.die_after_the_rename, saving.die_while_old_ones_are_removed])
def test_killed_right_after_a_checkpoint_has_its_name_that_checkpoint_counts(process, tmp_path, end):
    for step in (1, 2):
        saving.save(tmp_path, step)
    dying = process(target=end, args=(tmp_path, 3))
    dying.start()
    dying.join()
    assert dying.exitcode == -9
    assert whole(tmp_path) == 3
    clean(tmp_path, lambda line: None)
    saving.save(tmp_path, 4)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000004", "step-00000003"]
    assert len(list(tmp_path.iterdir())) == 2


def zero_the_tail(content: bytes) -> bytes:
    return content[: len(content) // 2] + bytes(len(content) - len(content) // 2)


DAMAGES = {
    "a tail of zeros": zero_the_tail,
    "one bit": lambda content: content[:9] + bytes([content[9] ^ 4]) + content[10:],
    "no content": lambda content: b"",
    "ten bytes": lambda content: content[:10],
    "half": lambda content: content[: len(content) // 2],
    "all but one byte": lambda content: content[:-1],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_to_any_file_is_named_and_the_checkpoint_before_is_used(tmp_path, name, damage):
    for step in (1, 2):
        saving.save(tmp_path, step)
    target = tmp_path / "step-00000002" / name
    target.write_bytes(damage(target.read_bytes()))
    told: list[str] = []
    assert newest(tmp_path, told.append) == tmp_path / "step-00000001"
    assert len(told) == 1
    assert "step-00000002" in told[0]
    if name != "manifest.json":
        assert name in told[0]


def test_a_bit_flipped_in_every_checkpoint_ends_a_resume_with_its_file_named(artgan, bars, tmp_path):
    assert artgan(*bars, "--steps", 4, "--set", "training.checkpoint_every=2", "--name", "a").code == 0
    for target in (tmp_path / "runs/a/checkpoints").glob("*/training.safetensors"):
        content = bytearray(target.read_bytes())
        content[-5] ^= 1
        target.write_bytes(content)
    before = sorted((tmp_path / "runs/a").rglob("*"))
    shown = artgan("run", "--resume", "a", "--steps", 8)
    assert shown.code == 1
    assert shown.err.count("training.safetensors: SHA-256 mismatch") == 2
    assert shown.err.splitlines()[-1] == (
        "Error: run a has no valid checkpoint to go on from: start a new one with artgan run runs/a/recipe.toml"
    )
    assert sorted((tmp_path / "runs/a").rglob("*")) == before


@pytest.mark.slow
def test_a_disk_that_fills_up_is_told_with_the_bytes_needed_and_nothing_is_lost(small_disk, start, bars, tmp_path):
    disk = small_disk("6m")
    errors = tmp_path / "errors"
    often = ("--set", "training.checkpoint_every=40", "--set", "training.log_every=10")
    with errors.open("w") as out:
        going = start(*bars, "--steps", 1500, *often, "--out", disk, "--name", "a", stderr=out)
    wait_for(lambda: list(disk.glob("runs/a/checkpoints/step-*")))
    filler = disk / "filler"
    with filler.open("wb") as file:
        free = shutil.disk_usage(disk).free
        while free > 2**16:
            file.write(bytes(free - 2**16))
            file.flush()
            free = shutil.disk_usage(disk).free
    wait_for(lambda: "no space left: it needs" in errors.read_text())
    assert going.poll() is None
    filler.unlink()
    going.communicate(timeout=120)
    assert going.returncode == 0
    told = errors.read_text()
    assert "training goes on" in told
    assert "Traceback" not in told
    assert checkpoints(disk / "runs/a/checkpoints")[0].name == "step-00001500"
    assert (disk / "gallery/index.html").is_file()


@pytest.mark.slow
def test_a_finished_run_waits_for_space_to_save_in(small_disk, start, bars, tmp_path):
    disk = small_disk("6m")
    errors = tmp_path / "errors"
    with errors.open("w") as out:
        going = start(*bars, "--steps", 300, "--out", disk, "--name", "a", stderr=out)
    wait_for(lambda: (disk / "runs/a/log.jsonl").exists())
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free - 2**16))
    wait_for(lambda: "waiting for space" in errors.read_text())
    filler.unlink()
    going.communicate(timeout=60)
    assert going.returncode == 0
    assert newest(disk / "runs/a/checkpoints") == disk / "runs/a/checkpoints/step-00000300"


def test_a_disk_too_small_for_two_checkpoints_is_told_before_the_first_step(small_disk, artgan, bars):
    disk = small_disk("400k")
    shown = artgan(*bars, "--steps", 4, "--out", disk, "--name", "a")
    assert shown.code == 1
    assert "MB free, and checkpoints of this run need" in shown.err.splitlines()[-1]
    assert not (disk / "runs/a").exists()


@pytest.mark.parametrize(
    ("room", "best", "collapses", "enough"),
    [
        (1.5, 0, 0, False),
        (3, 0, 0, True),
        (3, 2, 0, False),
        (5, 2, 0, True),
        (3, 0, 1, False),
        (5, 2, 1, False),
        (7, 2, 1, True),
    ],
)
def test_there_must_be_room_for_two_checkpoints_and_for_two_more_of_each_other_kind_that_is_kept(
    artgan, bars, monkeypatch, room, best, collapses, enough
):
    free = shutil.disk_usage(".").free
    monkeypatch.setattr("artgan.training.checkpoint.size_of", lambda tensors: free / room)
    kept = "--evaluate-every", best, "--set", f"training.collapses={collapses}"
    shown = artgan(*bars, "--steps", 1, *kept, "--name", "a")
    assert (shown.code == 0, "checkpoints of this run need" in shown.err) == (enough, not enough)


def test_a_folder_that_cannot_be_written_is_told_before_the_first_step(small_disk, artgan, bars):
    import subprocess

    disk = small_disk("4m")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    shown = artgan(*bars, "--steps", 4, "--out", disk)
    assert (shown.code, shown.err.splitlines()[-1].startswith("Error: cannot write")) == (1, True)
