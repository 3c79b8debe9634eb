"""What the functions of api/ promise that make works and tell of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from support.moving import frame_count

from artgan import api
from artgan.artworks.model_file import read_header
from artgan.artworks.origin import SeedStart
from artgan.artworks.work import read_work
from artgan.errors import ArtganError, UsageError

LAST_SEED = 2**64 - 1


@pytest.fixture
def run(model, tmp_path, monkeypatch):
    """The folder of a model with random weights."""
    monkeypatch.chdir(tmp_path)
    model.save(tmp_path / "gallery/bars/model.safetensors")
    return tmp_path / "gallery/bars"


class Counting:
    """A reporter that keeps how far things are."""

    def __init__(self):
        self.told = []

    def say(self, message):
        raise AssertionError(message)

    warn = say

    @contextmanager
    def progress(self):
        yield lambda *far: self.told.append(far)


class TestSample:
    def test_makes_works_a_sheet_and_a_copy_of_the_model(self, run, model):
        made = api.sample(api.SampleRequest(run=run, seed=3, count=2, truncation=0.5))
        assert [work.origin for work in made.works] == [model.origin(seed, truncation=0.5) for seed in (3, 4)]
        for work, expected in zip(made.works, model.render([3, 4], truncation=0.5), strict=True):
            assert np.array_equal(read_work(work.path, model.modality).sample, expected)
        assert made.sheet == run / "samples/sheet-00000003-2-psi-0.5.png"
        assert made.sheet.is_file()
        assert read_header(made.sheet.with_name("model.safetensors"))["weights_digest"] == model.weights_digest
        assert not made.texts

    def test_tells_how_far_it_is(self, run):
        reporter = Counting()
        api.sample(api.SampleRequest(run=run, count=2), reporter=reporter)
        assert reporter.told == [("making works", 1, 2), ("making works", 2, 2)]

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"seed": LAST_SEED, "count": 2}, "leaves no room"),
            ({"seed": -1}, "out of range"),
            ({"count": 0}, "ask for 1 to 100,000"),
            ({"truncation": 0}, "--truncation 0 is out of range"),
            ({"truncation": float("nan")}, "out of range"),
        ],
    )
    def test_is_not_even_asked_for_what_cannot_be(self, run, wrong, reason):
        with pytest.raises(UsageError, match=reason):
            api.SampleRequest(run=run, **wrong)

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [({"label": "x"}, "makes no classes apart"), ({"sampling": {"temperature": 1}}, "cannot be chosen")],
    )
    def test_refuses_what_the_model_does_not_know_before_anything_is_written(self, run, wrong, reason):
        with pytest.raises(UsageError, match=reason):
            api.sample(api.SampleRequest(run=run, **wrong))
        assert not (run / "samples").exists()


class TestMoves:
    @pytest.fixture
    def directed(self, run):
        api.directions(api.DirectionsRequest(run=run, count=2, names={"1": "weight"}))
        return run

    def test_lead_to_works_that_are_made_again_though_the_model_has_lost_its_directions(self, directed, model):
        made = api.sample(api.SampleRequest(run=directed, seed=7, count=2, moves={"weight": 2.5, "2": 0}))
        assert [work.path.name for work in made.works] == [f"seed-0000000{seed}-weight-2.5.png" for seed in (7, 8)]
        assert made.sheet.name == "sheet-00000007-2-weight-2.5.png"
        assert read_header(made.sheet.with_name("model.safetensors"))["directions"]
        model.save(directed / "model.safetensors")
        model.save(made.sheet.with_name("model.safetensors"))
        assert api.remake(api.RemakeRequest(work=made.works[0].path)).difference == ""

    def test_go_on_from_a_work_that_was_moved(self, directed):
        moved = api.sample(api.SampleRequest(run=directed, seed=7, count=1, moves={"1": -3})).works[0]
        child = api.breed(api.BreedRequest(run=directed, parents=(moved.path, moved.path), count=1)).works[0]
        assert np.array_equal(child.sample, moved.sample)

    @pytest.mark.parametrize(
        ("moves", "reason"),
        [
            ({"wieght": 1}, "no direction is called 'wieght'; did you mean 'weight'"),
            ({"3": 1}, "no direction is called '3'"),
            ({"1": 11}, "1=11 is out of range"),
            ({"1": float("nan")}, "out of range"),
            ({"1": 1, "weight": 1}, "named twice"),
        ],
    )
    def test_that_cannot_be_are_refused_before_anything_is_written(self, directed, moves, reason):
        with pytest.raises(UsageError, match=reason):
            api.sample(api.SampleRequest(run=directed, moves=moves))
        assert not (directed / "samples").exists()

    def test_need_directions(self, run):
        with pytest.raises(UsageError, match="artgan directions finds them"):
            api.sample(api.SampleRequest(run=run, moves={"1": 1}))


class TestBreed:
    def test_makes_children_of_seeds_and_files(self, run, model):
        parent = api.sample(api.SampleRequest(run=run, seed=3, count=1)).works[0].path
        made = api.breed(api.BreedRequest(run=run, parents=(parent, 8), count=1, start=5))
        assert made.works[0].origin == model.origin(5, parents=(SeedStart(3), SeedStart(8)))
        assert made.sheet.name == "family-3-8-5-1.png"

    def test_of_a_work_of_another_model_is_refused(self, run, make_model, tmp_path):
        make_model(seed=1).save(tmp_path / "other/model.safetensors")
        parent = api.sample(api.SampleRequest(run=tmp_path / "other", count=1)).works[0].path
        with pytest.raises(ArtganError, match="made by other weights"):
            api.breed(api.BreedRequest(run=run, parents=(parent, 8)))


class TestWalk:
    def test_is_written_where_it_is_asked_for(self, run, tmp_path):
        made = api.walk(api.WalkRequest(run=run, stops=(3, 8), frames=4, out=tmp_path / "w.gif"))
        assert made == api.WalkResult(file=tmp_path / "w.gif", texts=())
        with Image.open(made.file) as walk:
            assert frame_count(walk) == 4
        assert cast(dict[str, Any], api.about(made.file)["walk"])["seeds"] == [3, 8]

    @pytest.mark.parametrize("wrong", [{"stops": (3,)}, {"frames": 1}, {"stops": (1, 2, 3), "frames": 2}])
    def test_is_not_even_asked_for_with_too_few_works(self, run, wrong):
        with pytest.raises(UsageError):
            api.WalkRequest(run=run, **wrong)

    @pytest.mark.parametrize("wrong", [{"path": "zigzag"}, {"out": "w.avi"}])
    def test_refuses_what_it_does_not_know(self, run, tmp_path, wrong):
        if "out" in wrong:
            wrong = {"out": tmp_path / wrong["out"]}
        with pytest.raises(UsageError, match=r"zigzag|no format"):
            api.walk(api.WalkRequest(run=run, **wrong))
        assert not (run / "samples").exists()


def test_project_tells_what_it_found_before_it_writes(run, tmp_path):
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / "ramp.png")
    found = []

    def keep(projection):
        assert not (run / "samples").exists()
        found.append(projection)

    request = api.ProjectRequest(run=run, picture=tmp_path / "ramp.png", steps=2, starts=1)
    made = api.project(request, found=keep)
    assert found == [made.projection]
    assert np.array_equal(made.work.origin.latent(8), made.projection.latent)
    assert made.beside.is_file()
    assert api.remake(api.RemakeRequest(work=made.work.path)).difference == ""


def test_remake_tells_what_differs_and_writes_what_was_made(run, model, tmp_path):
    work = api.sample(api.SampleRequest(run=run, seed=3, count=1)).works[0]
    changed = work.sample.copy()
    changed[0, 0, 0] ^= 1
    model.modality.write(work.path, changed, work.record)
    result = api.remake(api.RemakeRequest(work=work.path, out=tmp_path / "again.png"))
    assert result == api.RemakeResult(difference="1 of 64 values differ, by up to 1", unit="pixels")
    assert np.array_equal(read_work(tmp_path / "again.png", model.modality).sample, work.sample)


def test_export_writes_a_model_once(run, model, tmp_path):
    request = api.ExportRequest(run=run, file=tmp_path / "bars.artgan")
    made = api.export(request)
    assert read_header(made.file)["weights_digest"] == model.weights_digest
    assert (made.size, made.step, made.weights_digest) == (made.file.stat().st_size, 100, model.weights_digest)
    with pytest.raises(UsageError, match="exists already"):
        api.ExportRequest(run=run, file=tmp_path / "bars.artgan")
    with pytest.raises(UsageError, match=r"call it bars\.artgan"):
        api.ExportRequest(run=run, file=tmp_path / "bars.zip")


def test_poster_sets_the_works_of_the_seeds(run, tmp_path):
    made = api.poster(api.PosterRequest(run=run, seeds=(7, 3), title="Bars", out=tmp_path / "p.pdf"))
    assert made == api.PosterResult(files=[tmp_path / "p.pdf", tmp_path / "p.png"], left_out="")
    with pytest.raises(UsageError, match="at most 1,000"):
        api.PosterRequest(run=run, seeds=range(1001))


def test_all_that_is_public_can_be_imported():
    assert all(getattr(api, name) for name in api.__all__)
