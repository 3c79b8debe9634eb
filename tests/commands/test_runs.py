"""`artgan runs`: what was trained, whether it is whole, and how much room it takes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock


@pytest.fixture(scope="module")
def kept(done, pictures, tmp_path_factory):
    """A folder with two runs of six steps, saved each two."""
    folder = tmp_path_factory.mktemp("kept")
    networks = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16")
    for name in ("a", "b"):
        often = ("--steps", 6, "--set", "training.checkpoint_every=2", "--set", "training.keep=3", "--name", name)
        done("run", pictures, *networks, *often, "--out", folder)
    return folder


@pytest.fixture
def small(kept, tmp_path):
    """A copy of the two runs."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)


def rows(artgan) -> dict[str, dict[str, object]]:
    return {row["run"]: row for row in json.loads(artgan("runs", "--json").out)}


def damage(checkpoint: Path) -> None:
    path = checkpoint / "training.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_without_runs_it_says_what_starts_one(artgan):
    shown = artgan("runs")
    assert (shown.code, shown.out) == (0, "no runs here: artgan run starts one\n")


def test_lists_step_state_and_size(artgan, small, tmp_path):
    listed = rows(artgan)
    assert listed["a"]["state"] == "finished"
    assert (listed["a"]["step"], listed["a"]["steps"], listed["a"]["checkpoints"]) == (6, 6, 3)
    assert listed["a"]["bytes"] == sum(
        path.stat().st_size for path in (tmp_path / "runs/a").rglob("*") if path.is_file()
    )
    table = artgan("runs").out
    assert "finished" in table
    assert "6 of 6" in table


def test_tells_what_runs_was_stopped_or_is_damaged(artgan, small, tmp_path):
    recipe = tmp_path / "runs/a/recipe.toml"
    recipe.write_text(recipe.read_text().replace("steps = 6", "steps = 60"))
    assert rows(artgan)["a"]["state"] == "stopped"
    with FileLock(tmp_path / "runs/a/lock"):
        assert rows(artgan)["a"]["state"] == "running"
    recipe.write_text("no TOML at all")
    assert rows(artgan)["a"]["state"] == "damaged"
    assert rows(artgan)["b"]["state"] == "finished"


def test_verify_reads_every_checkpoint_and_fails_where_one_is_damaged(artgan, small, tmp_path):
    shown = artgan("runs", "verify")
    assert (shown.code, shown.out.count(": whole")) == (0, 6)
    damage(tmp_path / "runs/b/checkpoints/step-00000004")
    shown = artgan("runs", "verify", "b")
    assert shown.code == 1
    assert "b step-00000004: training.safetensors: SHA-256 mismatch" in shown.out
    assert artgan("runs", "verify", "a").code == 0


def test_prune_keeps_the_newest_that_are_whole(artgan, small, tmp_path):
    place = tmp_path / "runs/a/checkpoints"
    damage(place / "step-00000006")
    (place / ".writing-step-00000008").mkdir()
    shown = artgan("runs", "prune", "a", "--keep", 1)
    assert shown.code == 0
    assert "freed" in shown.out
    assert [path.name for path in place.iterdir()] == ["step-00000004"]
    assert len(list((tmp_path / "runs/b/checkpoints").iterdir())) == 3


def test_prune_leaves_a_run_without_a_whole_checkpoint_as_it_is(artgan, small, tmp_path):
    for checkpoint in (tmp_path / "runs/a/checkpoints").iterdir():
        damage(checkpoint)
    assert artgan("runs", "prune", "a").code == 0
    assert len(list((tmp_path / "runs/a/checkpoints").iterdir())) == 3


def test_a_run_that_is_trained_is_not_pruned(artgan, small, tmp_path):
    with FileLock(tmp_path / "runs/a/lock"):
        shown = artgan("runs", "prune", "a")
    assert (shown.code, "is being trained" in shown.err) == (1, True)


@pytest.mark.parametrize("command", ["verify", "prune"])
def test_what_is_no_run_is_told_in_one_line(artgan, command):
    shown = artgan("runs", command, "nothing")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert "nothing is no run" in shown.err


def test_the_best_checkpoint_is_verified_sampled_and_never_pruned(artgan, pictures, tmp_path):
    networks = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16")
    trained = artgan("run", pictures, *networks, "--steps", 4, "--evaluate-every", 2, "--name", "a")
    assert trained.code == 0
    assert "Fréchet distance" in trained.err
    assert "artgan sample runs/a/best" in trained.err
    (best,) = (tmp_path / "runs/a/best").iterdir()
    assert f"a best/{best.name}: whole" in artgan("runs", "verify", "a").out
    artgan("runs", "prune", "a")
    assert best.exists()
    assert artgan("sample", "runs/a/best", "--count", 1).code == 0
    damage(best)
    assert artgan("runs", "verify", "a").code == 1
