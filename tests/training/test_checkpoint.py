"""Checkpoints: whole or not there, proven by what is read back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from artgan import ArtganError
from artgan.artworks import model_file
from artgan.training.checkpoint import checkpoints, load_checkpoint, newest, replace_model, save_checkpoint, verify

FILES = ["training.safetensors", "model.safetensors", "state.json", "manifest.json"]


def save(folder: Path, step: int, keep: int = 2) -> Path:
    return save_checkpoint(
        folder,
        tensors={"weight": torch.full((4, 4), float(step))},
        state={"step": step},
        save_model=lambda path: path.write_bytes(b"model"),
        keep=keep,
    )


def test_what_is_saved_is_read_back(tmp_path):
    found = newest(tmp_path) if save(tmp_path, 7) else None
    assert found is not None
    loaded = load_checkpoint(found)
    assert torch.equal(loaded.tensors["weight"], torch.full((4, 4), 7.0))
    assert loaded.state["step"] == 7


def test_whoever_may_read_new_files_may_read_all_of_it_and_a_model(tmp_path):
    (tmp_path / "new").touch()
    usual = (tmp_path / "new").stat().st_mode
    model_file.write(tmp_path / "model.safetensors", {}, {"weight": torch.zeros(2)})
    files = [*save(tmp_path, 7).iterdir(), tmp_path / "model.safetensors"]
    assert {file.stat().st_mode for file in files} == {usual}


def test_only_the_newest_are_kept_and_nothing_temporary_is_left(tmp_path):
    for step in (1, 2, 3, 10, 20):
        save(tmp_path, step)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000020", "step-00000010"]
    assert len(list(tmp_path.iterdir())) == 2


def test_another_model_is_written_into_a_checkpoint_that_stays_whole(tmp_path):
    saved = save(tmp_path, 7)
    replace_model(saved, lambda path: path.write_bytes(b"another"))
    assert verify(saved) == ""
    assert (saved / "model.safetensors").read_bytes() == b"another"
    assert torch.equal(load_checkpoint(saved).tensors["weight"], torch.full((4, 4), 7.0))
    assert checkpoints(tmp_path) == list(tmp_path.iterdir()) == [saved]


def test_a_model_that_cannot_be_written_leaves_a_checkpoint_as_it_was(tmp_path):
    saved = save(tmp_path, 7)

    def fail(path):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    with pytest.raises(ArtganError, match="No space left"):
        replace_model(saved, fail)
    assert verify(saved) == ""
    assert (saved / "model.safetensors").read_bytes() == b"model"
    assert list(tmp_path.iterdir()) == [saved]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "remove"])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(tmp_path, name, damage):
    older, newer = save(tmp_path, 1), save(tmp_path, 2)
    target = newer / name
    content = bytearray(target.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    if damage == "remove":
        target.unlink()
    else:
        target.write_bytes({"flip": content, "truncate": content[:-1], "empty": b""}[damage])
    told: list[str] = []
    assert newest(tmp_path, told.append) == older
    (line,) = told
    assert newer.name in line


def test_where_no_checkpoint_is_whole_there_is_none(tmp_path):
    (save(tmp_path, 1) / "state.json").write_text("{}")
    assert newest(tmp_path) is None
    assert "state.json" in verify(tmp_path / "step-00000001")


def test_a_save_that_fails_leaves_the_older_ones_and_no_litter(tmp_path):
    older = save(tmp_path, 1)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ArtganError, match="no space left"):
        save_checkpoint(tmp_path, tensors={}, state={"step": 2}, save_model=full, keep=2)
    assert list(tmp_path.iterdir()) == [older]


def test_a_checkpoint_of_another_format_is_refused(tmp_path):
    checkpoint = save(tmp_path, 1)
    (checkpoint / "state.json").write_text('{"format": 99, "step": 1}')
    with pytest.raises(ArtganError, match="format 99"):
        load_checkpoint(checkpoint)
