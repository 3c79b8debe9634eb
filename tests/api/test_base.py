"""A run starts from another model: what it takes, what it tells, and that it needs the other no more."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from support.recorder import Recorder

import artgan
from artgan.api import Budget, ResumeRequest, RunRequest, SampleRequest, plan_run, resume, run, sample
from artgan.artworks.model import Model
from artgan.builtin.dataset.folder import Folder

BEGINNING, END_OF_A = "step-00000000", "step-00000004"
KEPT = {"training": {"checkpoint_every": 1, "keep": 9, "snapshots": 1}}


@pytest.fixture
def asked(out, pictures) -> Callable[..., RunRequest]:
    """Make a request to start from the run `a`; keyword arguments are what else is asked for."""

    def make(**more) -> RunRequest:
        usual = {
            "source": pictures,
            "base": out / "runs/a",
            "batch": 8,
            "budget": Budget(steps=2),
            "settings": KEPT,
            "name": "b",
            "out": out,
            "device": "cpu",
        }
        return RunRequest(**(usual | more))

    return make


def state(out: Path, name: str, step: str, *players: str) -> dict[str, torch.Tensor]:
    """Return what a checkpoint holds of some players, by the names within them."""
    tensors = load_file(out / f"runs/{name}/checkpoints/{step}/training.safetensors")
    return {name: tensor for name, tensor in tensors.items() if name.startswith(tuple(f"{one}." for one in players))}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_it_begins_with_both_networks_of_the_run_and_says_so(asked, plugins, out):
    told = Recorder()
    run(asked(), plugins=plugins, reporter=told)
    players = "generator", "discriminator"
    assert same(state(out, "b", BEGINNING, *players), state(out, "a", END_OF_A, *players))
    assert "starts from a at step 4, of which it takes generator 100 %, discriminator 100 %" in told.said


@pytest.mark.slow
def test_its_average_begins_with_its_generator_unless_that_is_taken_too(asked, plugins, out):
    run(asked(), plugins=plugins)
    run(asked(name="c", take=("generator", "ema", "discriminator", "optimisers")), plugins=plugins)
    average = {name: state(out, name, BEGINNING, "ema") for name in "bc"}
    generator = state(out, "b", BEGINNING, "generator")
    assert all(torch.equal(average["b"][f"ema{name.removeprefix('generator')}"], generator[name]) for name in generator)
    assert same(average["c"], state(out, "a", END_OF_A, "ema"))
    assert same(state(out, "c", BEGINNING, "optimiser"), state(out, "a", END_OF_A, "optimiser"))


def test_its_recipe_follows_the_model_but_for_what_is_asked_for(asked, plugins):
    followed = plan_run(asked(), plugins=plugins).recipe
    assert (followed.generator.to_choice(), followed.loss.name) == ("cnn:latent=4,width=2", "hinge")

    chosen = plan_run(asked(loss="bce", discriminator="cnn:norm=none"), plugins=plugins).recipe
    assert (chosen.generator.to_choice(), chosen.loss.name) == ("cnn:latent=4,width=2", "bce")
    assert chosen.discriminator.values()["norm"] == "none"
    quick = plan_run(asked(preset="quick", generator="cnn:latent=4"), plugins=plugins).recipe
    assert quick.generator.values()["width"] == 32


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"generator": "cnn:width=3"}, r"generator [\d.]+ % \(in part: project, .*\), discriminator 100 %"),
        ({"take": ("generator",)}, r"takes generator 100 %$"),
    ],
)
def test_of_other_networks_what_fits_is_taken(asked, plugins, change, line):
    told = Recorder()
    plan_run(asked(**change), plugins=plugins, reporter=told)
    assert any(told_of(line, said) for said in told.said)


def told_of(pattern: str, said: str) -> bool:
    return said.startswith("starts from a") and re.search(pattern, said) is not None


def test_other_sizes_and_channels_take_what_fits(asked, plugins, tmp_path):
    told = Recorder()
    np.save(tmp_path / "wide.npy", np.zeros((40, 12, 20, 3), np.uint8))
    plan_run(asked(source=tmp_path / "wide.npy"), plugins=plugins, reporter=told)
    assert any(told_of(r"new: project.*; in part: ", said) for said in told.said)


PRESET = {"preset": "quick", "generator": "cnn:width=2", "discriminator": "cnn:width=2"}


@pytest.mark.parametrize("side", [128, 64, 32])
@pytest.mark.parametrize("more", [{}, PRESET], ids=["its recipe", "a preset"])
def test_pictures_are_as_large_as_those_of_the_model_whatever_time_there_is(plugins, tmp_path, side, more):
    prints = tmp_path / "prints"
    prints.mkdir()
    for level in range(4):
        Image.new("L", (130, 130), 60 * level).save(prints / f"{level}.png")
    usual = RunRequest(source=prints, batch=2, name="first", out=tmp_path / "gallery", device="cpu")
    settings: Mapping[str, Mapping[str, bool | int | float | str]] = {
        "dataset": {"size": str(side)},
        "training": {"held_out": 0, "snapshots": 1},
    }
    first = replace(usual, generator="cnn:width=2,latent=4", discriminator="cnn:width=2", settings=settings)
    run(replace(first, budget=Budget(steps=1)), plugins=plugins)

    later = replace(usual, name="later", base=tmp_path / "gallery/runs/first", budget=Budget(minutes=60), **more)
    assert plan_run(later, plugins=plugins).data.spec.shape == (1, side, side)
    given = replace(later, source=None, dataset=Folder(str(prints)))
    assert plan_run(given, plugins=plugins).data.spec.shape == (1, side, side)


@pytest.mark.slow
def test_from_a_file_the_generator_alone_is_taken(asked, plugins, out):
    told = Recorder()
    file = out / "gallery/a/model.safetensors"
    run(asked(base=file), plugins=plugins, reporter=told)
    assert "starts from a at step 4, of which it takes generator 100 %" in told.said
    half = {f"generator.{name}": tensor for name, tensor in load_file(file).items()}
    own = state(out, "b", BEGINNING, "generator")
    assert all(torch.equal(own[name].to(half[name].dtype), half[name]) for name in half)

    with pytest.raises(artgan.UsageError, match="holds a generator and no discriminator"):
        plan_run(asked(base=file, take=("generator", "discriminator"), name="c"), plugins=plugins)


@pytest.mark.slow
def test_model_record_and_page_name_both(asked, plugins, registry, out):
    run(asked(), plugins=plugins)
    first = Model.load(out / "gallery/a/model.safetensors", registry)
    second = Model.load(out / "gallery/b/model.safetensors", registry)
    (base,) = second.provenance.bases
    assert (base.run, base.weights_digest, base.recipe_digest) == ("a", first.weights_digest, first.recipe_digest)

    (work,) = sample(SampleRequest(run=out / "runs/b", count=1, out=out / "works"), plugins=plugins).works
    assert [told["weights_digest"] for told in work.record["bases"]] == [first.weights_digest]
    page = (out / "gallery/b/index.html").read_text()
    assert f"Weights SHA-256 {first.weights_digest}" in page
    assert page.index('id="base"') < page.index("step-00000000.webp") < page.index('id="lapse"')


@pytest.mark.slow
def test_of_a_line_of_models_all_are_named_the_nearest_first(asked, plugins, registry, out):
    run(asked(), plugins=plugins)
    run(asked(base=out / "runs/b", name="c"), plugins=plugins)
    bases = Model.load(out / "gallery/c/model.safetensors", registry).provenance.bases
    assert [base.run for base in bases] == ["b", "a"]


@pytest.mark.slow
def test_it_goes_on_without_the_other_and_ends_as_if_it_had_never_been_stopped(asked, plugins, out):
    run(asked(budget=Budget(steps=4)), plugins=plugins)
    run(asked(name="c", budget=Budget(steps=4)), plugins=plugins)
    shutil.rmtree(out / "runs/a")
    for step in (1, 2, 3, 4):
        shutil.rmtree(out / f"runs/c/checkpoints/step-{step:08d}")
    resume(ResumeRequest(run="c", out=out, device="cpu"), plugins=plugins)
    last = [state(out, name, END_OF_A, "generator", "discriminator", "ema", "optimiser") for name in "bc"]
    assert same(*last)
    told = json.loads((out / f"runs/c/checkpoints/{END_OF_A}/state.json").read_text())
    assert [base["run"] for base in told["bases"]] == ["a"]


@pytest.mark.slow
def test_without_its_first_checkpoint_it_does_not_begin_with_noise(asked, plugins, out):
    run(asked(), plugins=plugins)
    shutil.rmtree(out / "runs/b/checkpoints")
    with pytest.raises(artgan.ArtganError, match="has lost its checkpoints"):
        resume(ResumeRequest(run="b", out=out, device="cpu"), plugins=plugins)


@pytest.mark.slow
def test_the_lowest_layers_stay_as_they_were(asked, plugins, out):
    run(asked(freeze_discriminator=1), plugins=plugins)
    before, after = (state(out, "b", step, "discriminator") for step in (BEGINNING, "step-00000002"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    layers = sorted({name.partition(".parametrizations")[0] for name in changed if "original" in name})
    assert layers
    assert "discriminator.stages.0" not in layers


@pytest.mark.slow
def test_its_recipe_starts_again_from_the_same_model_alone(asked, plugins, out):
    run(asked(), plugins=plugins)
    recipe = out / "runs/b/recipe.toml"
    again = RunRequest(source=recipe, name="c", out=out, device="cpu")
    assert plan_run(again, plugins=plugins).weights
    told = tomllib.loads(recipe.read_text())["base"]
    recipe.write_text(recipe.read_text().replace(told["weights"], "0" * 64))
    with pytest.raises(artgan.UsageError, match="has other weights than those that the recipe started from"):
        plan_run(again, plugins=plugins)
    assert plan_run(replace(again, base=out / "runs/a"), plugins=plugins).weights


def test_what_does_not_fit_is_refused_naming_both(asked, plugins, out):
    with pytest.raises(artgan.UsageError, match=r"nothing of a, whose generator cnn .* fits generator mlp"):
        plan_run(asked(generator="mlp"), plugins=plugins)
    with pytest.raises(artgan.UsageError, match=r"nothing of a, .* fits dataset poems of modality text"):
        plan_run(asked(source=None, dataset="poems"), plugins=plugins)
    with pytest.raises(artgan.UsageError, match=r"of .* no discriminator is taken"):
        plan_run(asked(take=("generator",), freeze_discriminator=1), plugins=plugins)
    with pytest.raises(artgan.UsageError, match="give one with --from"):
        plan_run(asked(base=None, freeze_discriminator=1), plugins=plugins)
    assert not (out / "runs/b").exists()
