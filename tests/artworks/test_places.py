"""Where runs, models, galleries and samples lie."""

from __future__ import annotations

import shutil
import threading
from itertools import count
from pathlib import Path

import pytest

from artgan.artworks.places import RunFolder, all_runs, find_run, models_in, newest_model, samples_folder
from artgan.errors import UsageError


def touched(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.fixture
def out(tmp_path):
    """A folder with two runs, and a folder among them that is none."""
    for name in ("b", "a"):
        touched(tmp_path / f"runs/{name}/recipe.toml")
    (tmp_path / "runs/none").mkdir()
    return tmp_path


def test_a_run_is_found_by_folder_and_by_name(out):
    assert find_run(out / "runs/a") == find_run("a", out) == RunFolder(out / "runs/a")


def test_a_run_is_found_from_within_its_folder_and_from_beside_it(out, monkeypatch):
    monkeypatch.chdir(out / "runs/a")
    assert find_run(".").id == "a"
    assert find_run("../b").gallery.resolve() == (out / "gallery").resolve()
    monkeypatch.chdir(out / "runs")
    assert find_run("b").gallery == (out / "gallery").resolve()


def test_where_there_is_no_such_run_one_line_lists_those_there_are(out):
    with pytest.raises(UsageError) as caught:
        find_run("none", out)
    assert str(caught.value) == f"none is no run: give a run's folder or name; runs in {out / 'runs'}: a, b"
    with pytest.raises(UsageError, match=r"none$"):
        find_run("a", out / "elsewhere")


def test_all_runs_are_listed_by_name(out):
    assert [run.id for run in all_runs(out)] == ["a", "b"]
    assert all_runs(out / "elsewhere") == []


def test_a_gallery_lies_beside_the_folder_of_runs(out):
    run = find_run("a", out)
    assert (run.gallery, run.hung) == (out / "gallery", out / "gallery/a")


def test_that_of_a_run_that_lies_in_no_folder_of_runs_lies_beside_it(tmp_path):
    assert RunFolder(tmp_path / "kept/a").gallery == tmp_path / "kept/gallery"


def test_what_is_being_made_is_not_listed(out):
    touched(out / "runs/.0123456789ab/recipe.toml")
    assert [run.id for run in all_runs(out)] == ["a", "b"]


class TestNewestModel:
    def test_is_a_file_itself(self, tmp_path):
        file = touched(tmp_path / "mine.artgan")
        assert newest_model(file) == file

    def test_is_that_of_a_gallery_folder(self, tmp_path):
        hung = touched(tmp_path / "model.safetensors")
        assert newest_model(tmp_path) == hung

    def test_is_that_of_a_runs_last_checkpoint_that_holds_one(self, out):
        for step in (5, 30, 200):
            touched(out / f"runs/a/checkpoints/step-{step:08d}/model.safetensors")
        (out / "runs/a/checkpoints/step-00000300").mkdir()
        assert newest_model(Path("a"), out) == out / "runs/a/checkpoints/step-00000200/model.safetensors"
        assert [path.parent.name[-3:] for path in models_in(out / "runs/a")] == ["200", "030", "005"]

    def test_is_that_of_the_best_checkpoint_where_its_folder_is_given(self, out):
        best = touched(out / "runs/a/best/step-00000005/model.safetensors")
        touched(out / "runs/a/checkpoints/step-00000200/model.safetensors")
        assert newest_model(out / "runs/a/best") == best

    def test_of_a_run_comes_before_that_of_a_gallery(self, out):
        hung = touched(out / "gallery/a/model.safetensors")
        assert newest_model(Path("a"), out) == hung
        saved = touched(out / "runs/a/checkpoints/step-00000200/model.safetensors")
        assert newest_model(Path("a"), out) == saved

    def test_is_not_to_be_had_where_there_is_none(self, out):
        with pytest.raises(UsageError, match="holds no model"):
            newest_model(Path("a"), out)


def test_samples_lie_beside_their_model_and_for_a_run_by_checkpoint():
    assert samples_folder(Path("gallery/a/model.safetensors")) == Path("gallery/a/samples")
    saved = Path("runs/a/checkpoints/step-00000200/model.safetensors")
    assert samples_folder(saved) == Path("runs/a/samples/step-00000200")


def test_checkpoints_that_are_damaged_or_lead_nowhere_hold_no_model(out):
    touched(out / "runs/a/checkpoints/step-00000001/training.safetensors")
    (out / "runs/a/checkpoints/step-00000002").symlink_to(out / "nowhere")
    assert models_in(out / "runs/a") == []


def test_the_newest_model_of_a_run_that_saves_and_keeps_one_is_always_found(out):
    """Each checkpoint comes before the last is moved away, as the run does it."""
    checkpoints, over = out / "runs/a/checkpoints", threading.Event()
    touched(checkpoints / "step-00000000/model.safetensors")

    def save() -> None:
        for step in count(1):
            touched(checkpoints / ".draft/model.safetensors").parent.rename(checkpoints / f"step-{step:08d}")
            shutil.move(checkpoints / f"step-{step - 1:08d}", checkpoints / ".removed")
            shutil.rmtree(checkpoints / ".removed")
            if over.is_set():
                return

    saving = threading.Thread(target=save)
    saving.start()
    try:
        for _ in range(3_000):
            newest_model(out / "runs/a")
    finally:
        over.set()
        saving.join()
