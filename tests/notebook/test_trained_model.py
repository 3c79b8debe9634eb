"""What `artgan.load` opens, and what it makes."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
import torch
from PIL import Image

import artgan
from artgan.artworks.origin import SeedStart, WorkStart
from artgan.commands.main import cli
from artgan.errors import ArtganError, UsageError

KEYWORDS: dict[str, dict[str, str | None]] = {
    "sample": {
        "count": None,
        "temperature": "sampling",
        "top_k": "sampling",
        "prompt": "sampling",
        "constraint": "sampling",
        "mixes": "mix",
        "batch": None,
        "device": None,
        "out": None,
    },
    "walk": {
        "seeds": "stops",
        "seed": "stops",
        "kind": "path",
        "fps": "rate",
        "temperature": "sampling",
        "top_k": "sampling",
        "music": None,
        "beats": None,
        "bands": None,
        "hang": None,
        "out": None,
    },
    "breed": {"out": None},
    "project": {"out": None},
    "export": {"file": "path"},
    "directions": {"as_json": None},
}
"""Options that are called otherwise in Python; None for how many, where, and music: see `sheet`, `save`, `film`."""


@pytest.fixture
def place(make_model, tmp_path, monkeypatch):
    """A gallery with a model of random weights, as the run ``bars``."""
    monkeypatch.chdir(tmp_path)
    make_model().save(tmp_path / "gallery/bars/model.safetensors")
    return tmp_path / "gallery/bars"


@pytest.fixture
def opened(place):
    return artgan.load(place)


class TestLoad:
    def test_opens_a_run_by_name_a_folder_and_a_file(self, place, model):
        for given in ("bars", place, str(place / "model.safetensors")):
            assert artgan.load(given).path.samefile(place / "model.safetensors")
        assert artgan.load("bars").export("bars.artgan") == Path("bars.artgan")
        assert np.array_equal(artgan.load("bars.artgan").sample(7).array, model.render([7])[0])

    def test_opens_the_model_that_made_a_work(self, opened):
        opened.sample(7).save("seven.png")
        assert artgan.load("seven.png").path.samefile(opened.path)

    def test_says_where_no_model_is(self, place, make_model):
        with pytest.raises(UsageError, match="nothing holds no model"):
            artgan.load("nothing")
        make_model(seed=1).save(place / "model.safetensors")
        stranger = artgan.load(place).sample(7).save("strange.png")
        make_model(seed=2).save(place / "model.safetensors")
        with pytest.raises(ArtganError, match=r"the model that made strange\.png is not near it"):
            artgan.load(stranger)

    def test_importing_artgan_imports_nothing_heavy_and_naming_load_no_torch(self):
        code = "import sys, artgan; light = 'numpy' in sys.modules; artgan.load; print(light, 'torch' in sys.modules)"
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert shown.stdout == "False False\n"


@pytest.mark.parametrize("command", KEYWORDS)
def test_a_method_takes_what_the_command_of_its_name_does(command):
    """The run is the model itself, and plugins are loaded with it."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    options = {str(parameter.name) for parameter in found.params} - {"run", "plugin"}
    renamed = {KEYWORDS[command].get(name, name) for name in options} - {None}
    assert renamed <= set(inspect.signature(getattr(artgan.TrainedModel, command)).parameters)


class TestSample:
    def test_makes_the_work_that_the_command_makes(self, opened, artgan):
        assert artgan("sample", "bars", "--seed=7", "-n1", "--truncation=0.8", "--out=made").code == 0
        written = opened.sample(7, truncation=0.8).save(".")
        assert written.read_bytes() == (Path("made") / written.name).read_bytes()

    def test_takes_a_latent_and_remakes_it_from_its_record(self, opened, artgan):
        latent = opened.latents([3, 4]).mean(0)
        work = opened.sample(latent=latent)
        assert np.array_equal(work.array, opened.render(latent[None].astype(np.float32))[0])
        assert work.name.startswith("latent-")
        assert "identical" in artgan("remake", work.save("mean.png"), "--model", "bars").out

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"seed": -1}, "seed -1 is out of range"),
            ({"seed": 1.5}, "1.5 is no seed"),
            ({"seed": "7"}, "'7' is no seed"),
            ({"truncation": float("nan")}, "out of range"),
            ({"label": 3}, "makes no classes apart"),
            ({"sampling": {"temperature": 1}}, "cannot be chosen"),
            ({"latent": [1, 2]}, r"a latent is finite numbers \(8,\)"),
            ({"latent": [np.nan] * 8}, "finite"),
            ({"latent": [1e39] * 8}, "finite"),
        ],
    )
    def test_refuses_what_cannot_be(self, opened, wrong, reason):
        with pytest.raises(UsageError, match=reason):
            opened.sample(**wrong)

    def test_takes_seeds_of_numpy(self, opened):
        assert opened.sample(np.int64(7)).save("seven.png").is_file()


class TestDirections:
    def test_are_found_kept_named_and_shown(self, opened):
        found = opened.directions(count=2, names={1: "weight"})
        assert repr(found) == "DirectionStrips(weight, 2)"
        assert [direction.name for direction in found] == ["weight", ""]
        assert len(found[0].vector) == opened.latent_size
        assert found._repr_html_().count("<img") == 2
        again = artgan.load(opened.path).directions()
        assert list(again) == list(found)

    def test_works_and_walks_are_moved_along(self, opened, artgan):
        opened.directions(count=2, names={1: "weight"})
        work = opened.sample(7, moves={"weight": 2.5, 2: -1})
        assert work.name == "seed-00000007-weight-2.5-direction-2--1.0.png"
        assert "identical" in artgan("remake", work.save("."), "--model", "bars").out
        first, *_, last = opened.walk([7], along=1, frames=7)
        assert np.array_equal(first, opened.sample(7, moves={1: -3}).array)
        assert np.array_equal(last, opened.sheet([7], moves={1: 3})[0].array)
        with pytest.raises(UsageError, match=r"no direction is called '3'"):
            opened.sample(7, moves={3: 1})

    def test_of_a_file_that_is_gone_are_refused(self, opened):
        opened.path.unlink()
        with pytest.raises(ArtganError, match="is gone"):
            opened.directions()


class TestSheet:
    def test_holds_the_works_of_seeds_in_their_order(self, opened, model):
        sheet = opened.sheet([21, 3], truncation=0.5)
        assert np.array_equal(sheet.array, model.render([21, 3], truncation=0.5))
        assert [work.record["seed"] for work in sheet] == [21, 3]

    @pytest.mark.parametrize("wrong", [{"seeds": []}, {"columns": 0}])
    def test_has_a_work_and_a_column(self, opened, wrong):
        with pytest.raises(UsageError, match="at least one work and one column"):
            opened.sheet(**wrong)


class TestWalk:
    def test_leads_through_seeds_files_and_works(self, opened):
        three, mixed = opened.sample(3), opened.sample(latent=[1] * 8)
        walk = opened.walk([three, mixed.save("mixed.png"), 5, mixed], frames=4)
        assert [type(stop) for stop in walk.way.stops] == [SeedStart, WorkStart, SeedStart, WorkStart]
        for frame, stop in zip(walk, (three, mixed, opened.sample(5), mixed), strict=True):
            assert np.abs(frame.astype(int) - stop.array.astype(int)).max() <= 1  # the ends of an arc are computed

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"stops": [1]}, "at least 2"),
            ({"frames": 1}, "out of range"),
            ({"rate": 0}, r"--fps 0 is out of range \(1 to 100\)"),
            ({"path": "straight"}, "there are: slerp, spline"),
            ({"truncation": 0}, "out of range"),
        ],
    )
    def test_refuses_what_cannot_be(self, opened, wrong, reason):
        with pytest.raises(UsageError, match=reason):
            opened.walk(**{"stops": [1, 2], **wrong})

    def test_refuses_a_work_of_another_model(self, opened, place, make_model):
        make_model(seed=1).save(place / "model.safetensors")
        with pytest.raises(ArtganError, match="made by other weights"):
            opened.walk([1, artgan.load(place).sample(2)])
        with pytest.raises(ArtganError, match=r"none\.png does not exist"):
            opened.walk([1, "none.png"])


class TestBreed:
    def test_makes_the_children_that_the_command_makes(self, opened, artgan):
        father = opened.sample(latent=[1] * 8)
        assert artgan("breed", "bars", father.save("father.png"), 8, "-n2", "--from=5", "--out=made").code == 0
        sheet = opened.breed(father, 8, count=2, start=5)
        for child in sheet:
            assert child.save(".").read_bytes() == (Path("made") / child.name).read_bytes()
        (family,) = Path("made").glob("family-*.png")
        assert sheet.save("family.png").read_bytes() == family.read_bytes()

    def test_refuses_no_children(self, opened):
        with pytest.raises(UsageError, match="ask for 1 to 10,000"):
            opened.breed(1, 2, count=0)


class TestProject:
    def test_finds_the_same_for_a_file_and_its_array(self, opened, tmp_path):
        target = np.full((1, 8, 8), 90, np.uint8)
        Image.fromarray(target[0]).save("grey.png")
        by_file, by_array = (opened.project(given, steps=2, starts=1) for given in ("grey.png", target))
        assert np.array_equal(by_file.picture, target)
        assert by_file.work.record == by_array.work.record
        assert by_array.distance == pytest.approx(np.abs(by_array.work.array.astype(int) - 90).mean())

    @pytest.mark.parametrize(
        ("picture", "options", "reason"),
        [
            ("none.jpg", {}, "none.jpg is not a file"),
            (np.zeros((1, 8, 8)), {}, "uint8 1×8×8, and this one is float64"),
            (np.zeros((1, 9, 8), np.uint8), {}, "uint8 1×8×8"),
            (np.zeros((1, 8, 8), np.uint8), {"steps": 0}, "at least one start and one step"),
        ],
    )
    def test_refuses_what_cannot_be_compared(self, opened, picture, options, reason):
        with pytest.raises(UsageError, match=reason):
            opened.project(picture, **options)


class TestArrays:
    def test_latents_of_seeds_render_to_their_works(self, opened, model):
        latents = opened.latents(range(3), truncation=0.7)
        assert latents.shape == (3, opened.latent_size)
        assert np.array_equal(opened.render(latents), model.render(range(3), truncation=0.7))

    @pytest.mark.parametrize("wrong", [np.zeros(8), np.zeros((2, 7)), np.zeros((0, 8)), np.full((1, 8), np.inf)])
    def test_latents_of_another_shape_are_refused(self, opened, wrong):
        with pytest.raises(UsageError, match=r"latents are finite numbers \(N, 8\)"):
            opened.render(wrong)

    def test_the_network_is_a_copy_that_makes_the_same_pictures(self, opened):
        network = opened.torch()
        made = network(torch.from_numpy(opened.latents([7])).float(), None)
        assert np.abs((made[0].detach().numpy() + 1) * 127.5 - opened.sample(7).array).max() < 1
        with torch.no_grad():
            next(network.parameters()).zero_()
        assert not np.array_equal(
            opened.torch()(torch.ones(1, 8), None).numpy(), network(torch.ones(1, 8), None).numpy()
        )
