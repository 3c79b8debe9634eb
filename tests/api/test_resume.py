"""`artgan.api.resume`: a run goes on from where it was saved."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from support.recorder import Recorder

import artgan
from artgan.api import Budget, EvaluationRequest, ResumeRequest, RunRequest, evaluate, hang, resume, run
from artgan.files import write_text
from artgan.recipe.compose import compose
from artgan.training.journal import LOSSES, Journal


@pytest.fixture
def begun(pictures, plugins, tmp_path):
    """A run of four steps, named `a`, and the file of its data."""
    data = tmp_path / "bars.npy"
    np.save(data, np.load(pictures))
    run(
        RunRequest(
            source=data,
            generator="cnn:width=2,latent=4",
            discriminator="cnn:width=2",
            batch=8,
            budget=Budget(steps=4),
            name="a",
            out=tmp_path,
            device="cpu",
        ),
        plugins=plugins,
    )
    return data


def again(tmp_path, **more) -> ResumeRequest:
    return ResumeRequest(run="a", out=tmp_path, device="cpu", **more)


def test_a_run_goes_on_to_a_larger_budget(begun, plugins, tmp_path):
    told = Recorder()
    result = resume(again(tmp_path, budget=Budget(steps=6)), plugins=plugins, reporter=told)
    assert (result.id, result.step, result.steps) == ("a", 6, 6)
    assert result.page == tmp_path / "gallery/index.html"
    assert "a goes on at step 4 of 6" in told.said


def test_one_that_is_done_is_hung_anew(begun, plugins, tmp_path):
    (tmp_path / "gallery/a/index.html").unlink()
    assert resume(again(tmp_path), plugins=plugins).step == 4
    assert (tmp_path / "gallery/a/index.html").is_file()


def test_a_smaller_budget_is_refused_and_the_recipe_stays(begun, plugins, tmp_path):
    recipe = (tmp_path / "runs/a/recipe.toml").read_bytes()
    with pytest.raises(artgan.UsageError, match="give a larger budget"):
        resume(again(tmp_path, budget=Budget(steps=3)), plugins=plugins)
    assert (tmp_path / "runs/a/recipe.toml").read_bytes() == recipe


def test_changed_data_is_refused_unless_it_is_asked_for(begun, plugins, tmp_path):
    np.save(begun, np.load(begun) // 2)
    budget = Budget(steps=5)
    with pytest.raises(artgan.ArtganError, match="has changed since run a was started"):
        resume(again(tmp_path, budget=budget), plugins=plugins)
    assert resume(again(tmp_path, budget=budget, changed_data=True), plugins=plugins).step == 5


def test_one_that_was_never_saved_begins_again_and_ends_as_if_nothing_had_been(begun, plugins, tmp_path):
    def weights() -> bytes:
        return (tmp_path / "runs/a/checkpoints/step-00000004/training.safetensors").read_bytes()

    first, told = weights(), Recorder()
    shutil.rmtree(tmp_path / "runs/a/checkpoints")
    with pytest.raises(artgan.UsageError, match=r"nothing was saved of a yet: artgan run --resume .* begins it again"):
        hang("a", out=tmp_path, plugins=plugins)
    assert resume(again(tmp_path), plugins=plugins, reporter=told).step == 4
    assert "a had not been saved yet: it begins again at step 0 of 4" in told.said
    assert weights() == first
    assert [row["step"] for row in Journal(tmp_path / "runs/a").rows(LOSSES)] == [4]


@pytest.mark.parametrize("place", ["elsewhere/runs/b", "kept/b"])
def test_it_is_hung_beside_its_folder_of_runs_wherever_it_is_called_from(begun, plugins, tmp_path, monkeypatch, place):
    shutil.rmtree(tmp_path / "gallery")
    shutil.copytree(tmp_path / "runs/a", tmp_path / place)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = resume(ResumeRequest(run=f"../{place}", device="cpu"), plugins=plugins)
    gallery = tmp_path / place.split("/")[0] / "gallery"
    assert result.page.resolve() == gallery / "index.html"
    assert (gallery / "b/index.html").is_file()
    assert list((tmp_path / "here").iterdir()) == []
    assert not (tmp_path / "gallery").exists()


def moved(data: Path) -> Path:
    return data.rename(data.with_name("moved.npy"))


def test_data_that_was_moved_is_told_of_and_taken_from_its_new_place_from_then_on(begun, plugins, tmp_path):
    place, budget = moved(begun), Budget(steps=5)
    with pytest.raises(artgan.UsageError, match=r"the data of run a is no longer at .*: give its new place, as in"):
        resume(again(tmp_path), plugins=plugins)
    assert resume(again(tmp_path, data=place, budget=budget), plugins=plugins).step == 5
    assert resume(again(tmp_path, budget=Budget(steps=6)), plugins=plugins).step == 6
    assert hang("a", out=tmp_path, plugins=plugins).page.is_file()


def test_what_measures_the_run_is_told_and_given_its_place_as_well(begun, plugins, tmp_path):
    place, asked = moved(begun), EvaluationRequest(run=tmp_path / "runs/a")
    with pytest.raises(
        artgan.UsageError, match=r"no longer at .*: give its new place, as in artgan evaluate .*/a DATA"
    ):
        evaluate(asked, plugins=plugins)
    with pytest.raises(artgan.ArtganError, match="pictures were held out of training, and at least 20 are needed"):
        evaluate(replace(asked, data=place), plugins=plugins)


@pytest.mark.parametrize("name", ["moved.npy", "nowhere.npy"])
def test_a_place_that_holds_other_data_or_none_is_refused_and_the_recipe_stays(begun, plugins, tmp_path, name):
    place = moved(begun)
    np.save(place, np.load(place) // 2)
    recipe = (tmp_path / "runs/a/recipe.toml").read_bytes()
    with pytest.raises(artgan.ArtganError, match=r"has changed since|does not exist"):
        resume(again(tmp_path, data=tmp_path / name), plugins=plugins)
    assert (tmp_path / "runs/a/recipe.toml").read_bytes() == recipe


def test_a_recipe_whose_data_was_moved_says_how_its_place_is_given(begun, plugins, tmp_path):
    place, source = moved(begun), tmp_path / "runs/a/recipe.toml"
    with pytest.raises(artgan.UsageError, match=r"is not at .*: give its place with --set dataset\.path=DATA"):
        run(RunRequest(source=source, out=tmp_path), plugins=plugins)
    given = RunRequest(source=source, settings={"dataset": {"path": str(place)}}, name="b", out=tmp_path, device="cpu")
    assert run(given, plugins=plugins).id == "b"


def test_data_that_is_read_from_no_place_has_none(tmp_path, plugins):
    write_text(tmp_path / "runs/a/recipe.toml", compose(plugins.registry, {}, "quick").to_toml(plugins.registry))
    with pytest.raises(artgan.UsageError, match="run a was trained on calligraphy, which is read from no place"):
        resume(again(tmp_path, data=tmp_path), plugins=plugins)


def test_what_is_no_run_is_told_with_those_that_there_are(begun, plugins, tmp_path):
    with pytest.raises(artgan.UsageError, match=r"nothing is no run.*: a$"):
        resume(ResumeRequest(run="nothing", out=tmp_path), plugins=plugins)


def test_minutes_are_those_of_all_sittings(begun, plugins, tmp_path):
    trained = json.loads((tmp_path / "runs/a/log.jsonl").read_text(encoding="utf-8").splitlines()[-1])["seconds"]
    minutes, told = 2 * trained / 60 + 0.01, Recorder()
    result = resume(again(tmp_path, budget=Budget(minutes=minutes)), plugins=plugins, reporter=told)
    assert result.step > 4
    assert any(
        re.match(rf"a goes on at step 4 of about .*: {minutes:g} minutes in all, of which", line) for line in told.said
    )
    with pytest.raises(artgan.UsageError, match=r"run a was trained for .*, which --minutes counts: give more of them"):
        resume(again(tmp_path, budget=Budget(minutes=trained / 60)), plugins=plugins)


@pytest.fixture
def threads():
    """Give back the number that there was."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_a_run_goes_on_with_the_threads_that_it_had(begun, plugins, tmp_path, threads):
    torch.set_num_threads(2)
    resume(again(tmp_path, budget=Budget(steps=5)), plugins=plugins)
    assert torch.get_num_threads() == 1


@pytest.mark.slow
def test_other_threads_are_taken_where_they_are_asked_for_and_told(begun, plugins, tmp_path, threads):
    told = Recorder()
    resume(again(tmp_path, budget=Budget(steps=5), threads=2), plugins=plugins, reporter=told)
    assert any(line.startswith("2 threads from here on, 1 before") for line in told.said)
    assert "threads = 2\n" in (tmp_path / "runs/a/recipe.toml").read_text(encoding="utf-8")
    resume(again(tmp_path, budget=Budget(steps=6)), plugins=plugins)
    assert torch.get_num_threads() == 2
