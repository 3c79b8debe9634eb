"""`artgan.api.directions`: found once, kept with the model wherever it lies, shown on its page, named."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from support.recorder import Recorder

from artgan.api import (
    Budget,
    DirectionsRequest,
    ExportRequest,
    ResumeRequest,
    SampleRequest,
    directions,
    export,
    hang,
    remake,
    resume,
    sample,
    verify_runs,
)
from artgan.api._remake import RemakeRequest
from artgan.artworks.direction import with_names
from artgan.artworks.leading_directions import find_directions, measure_directions
from artgan.artworks.model import Model
from artgan.artworks.places import models_in
from artgan.errors import ArtganError, UsageError
from artgan.gallery.run_record import read_run
from artgan.training.lock import locked


@pytest.fixture
def found(out, plugins):
    return directions(DirectionsRequest(run=out / "runs/a"), plugins=plugins)


def test_are_as_many_as_a_small_latent_has_numbers_and_kept_in_a_checkpoint_that_stays_whole(out, found, plugins):
    assert len(found.directions) == 4
    assert [verdict.fault for verdict in verify_runs(out=out)] == ["", ""]
    newest, older = models_in(out / "runs/a")
    assert found.file == newest
    assert Model.load(newest, plugins.registry).directions == found.directions
    assert Model.load(older, plugins.registry).directions == ()


def test_are_shown_on_the_page_and_kept_when_it_is_hung_again(out, found, plugins):
    assert found.page == out / "gallery/a/index.html"
    told = read_run(out / "gallery/a")["directions"]
    assert [each["change"] for each in told] == [direction.change for direction in found.directions]
    shutil.rmtree(out / "gallery/a/directions")
    hang("a", out=out, device="cpu", plugins=plugins)
    assert read_run(out / "gallery/a")["directions"] == told
    assert len(list((out / "gallery/a/directions").iterdir())) == len(told)


@pytest.mark.slow
def test_are_not_looked_for_again_but_named(out, found, plugins):
    named = directions(DirectionsRequest(run=out / "runs/a", names={"2": "weight"}), plugins=plugins)
    assert named.directions == (found.directions[0], replace(found.directions[1], name="weight"), *found.directions[2:])
    fewer = directions(DirectionsRequest(run=out / "gallery/a", count=2), plugins=plugins)
    assert fewer.directions == named.directions[:2]
    assert len(list((out / "gallery/a/directions").iterdir())) == 2


def test_go_with_a_model_that_is_given_to_others(out, found, plugins):
    export(ExportRequest(run=out / "runs/a", file=out / "m.artgan"), plugins=plugins)
    assert directions(DirectionsRequest(run=out / "m.artgan"), plugins=plugins).directions == found.directions


@pytest.mark.slow
def test_leave_works_and_runs_as_they_were(out, plugins):
    before = sample(SampleRequest(run=out / "runs/a", count=1, out=out / "works"), plugins=plugins).works[0]
    directions(DirectionsRequest(run=out / "runs/a"), plugins=plugins)
    assert remake(RemakeRequest(work=before.path, model=out / "runs/a"), plugins=plugins).difference == ""
    assert resume(ResumeRequest(run=out / "runs/a", budget=Budget(steps=6), device="cpu"), plugins=plugins).step == 6


@pytest.mark.slow
def test_stay_with_their_names_when_the_run_goes_on_and_are_measured_by_its_new_weights(out, plugins):
    named = directions(DirectionsRequest(run=out / "runs/a", names={"2": "weight"}), plugins=plugins).directions
    told = Recorder()
    resume(ResumeRequest(run=out / "runs/a", budget=Budget(steps=40), device="cpu"), plugins=plugins, reporter=told)
    (newest, *_), hung = models_in(out / "runs/a"), out / "gallery/a/model.safetensors"
    kept, shown = (Model.load(file, plugins.registry).directions for file in (newest, hung))
    assert kept == shown
    assert [(each.name, each.vector) for each in kept] == [(each.name, each.vector) for each in named]
    assert kept == measure_directions(Model.load(newest, plugins.registry), named)
    weak = [each.name or str(at) for at, each in enumerate(kept, start=1) if each.change < 1]
    assert [line for line in told.warned if "--anew" in line and ", ".join(weak) in line] or not weak

    anew = directions(DirectionsRequest(run=out / "runs/a", anew=True), plugins=plugins).directions
    assert anew != kept
    assert anew == with_names(find_directions(Model.load(newest, plugins.registry), count=4), kept)


def test_of_other_weights_than_those_that_hang_are_told_apart(out, plugins, make_model):
    make_model().save(out / "gallery/a/model.safetensors")
    before = (out / "gallery/a/index.html").read_bytes()
    made = directions(DirectionsRequest(run=out / "runs/a"), plugins=plugins)
    assert made.page is None
    assert (out / "gallery/a/index.html").read_bytes() == before


def test_of_a_run_that_is_being_trained_are_refused_before_they_are_looked_for(out, plugins):
    with locked(out / "runs/a"), pytest.raises(ArtganError, match="run a is being trained"):
        directions(DirectionsRequest(run=out / "runs/a"), plugins=plugins)


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 33}, {"names": {"1": "a b"}}])
def test_are_not_even_asked_for_where_they_cannot_be(wrong, tmp_path):
    with pytest.raises(UsageError):
        DirectionsRequest(run=tmp_path, **wrong)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_in_a_folder_that_can_only_be_read_are_refused(make_model, tmp_path, plugins):
    make_model().save(tmp_path / "kept/model.safetensors")
    (tmp_path / "kept").chmod(0o555)
    with pytest.raises(ArtganError, match="cannot write in"):
        directions(DirectionsRequest(run=tmp_path / "kept"), plugins=plugins)
