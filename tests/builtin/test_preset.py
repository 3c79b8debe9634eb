"""What the built-in presets choose follows from what the data is like, and is what it was for the bundled data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from support.builtins import REGISTRY

from artgan.interfaces import Machine, Preset, Span, Survey, Workspace
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose_surveyed
from artgan.testing.preset import SURVEYS

PIXEL_ART, PHOTOGRAPHS, STROKES = SURVEYS["image"]
NAMES, VERSE = SURVEYS["text"]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Let no installed plugin propose itself, or be what is recommended."""
    monkeypatch.setenv("ARTGAN_LOAD_PLUGINS", "")


@pytest.fixture
def registry():
    return REGISTRY


@pytest.fixture
def choose(registry):
    """Return the recipe of a preset for whatever has a survey."""

    def choose(preset, survey, **wanted):
        return compose_surveyed(registry, wanted, preset, survey=lambda _: survey, machine=Machine).recipe

    return choose


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """Return the recipe of a preset for a bundled dataset."""
    workspace = Workspace(tmp_path_factory.mktemp("cache"))
    survey = cache(lambda dataset: dataset.survey(workspace))

    def bundled(preset, dataset, **options):
        wanted = {"dataset": {"name": dataset, **options}}
        return compose_surveyed(REGISTRY, wanted, preset, survey=survey, machine=Machine).recipe

    return bundled


def restraint(recipe):
    penalties = [(penalty.name, penalty.values()) for penalty in recipe.penalties]
    return recipe.discriminator.values()["norm"], penalties


def test_pixel_art_is_played_with_r1_and_without_spectral_norm(choose):
    recipe = choose("default", PIXEL_ART)
    assert restraint(recipe) == ("none", [("r1", {"gamma": 0.1, "interval": 8})])
    assert recipe.discriminator_optimiser.lr.first == recipe.generator_optimiser.lr.first == 1e-3


@pytest.mark.parametrize("survey", [PHOTOGRAPHS, STROKES, Survey("image", 0)])
def test_other_pictures_are_played_with_spectral_norm(choose, survey):
    recipe = choose("default", survey)
    assert restraint(recipe) == ("spectral", [])
    assert recipe.discriminator_optimiser.lr.first == recipe.generator_optimiser.lr.first == 2e-3


def test_grey_strokes_are_given_less_time(choose):
    assert choose("default", STROKES).training.minutes < choose("default", PHOTOGRAPHS).training.minutes
    assert choose("quick", STROKES).training.minutes == choose("quick", PHOTOGRAPHS).training.minutes == 1


def test_few_texts_are_given_less_time_before_they_are_known_by_heart(choose):
    for preset in ("scratch", "mle"):
        assert choose(preset, NAMES).training.minutes < choose(preset, VERSE).training.minutes
    names, verse = (choose("relgan", survey).training for survey in (NAMES, VERSE))
    assert names.steps < verse.steps
    assert all(0 < training.pretrain < training.steps for training in (names, verse))


def test_likelihood_moves_a_transformer_in_shorter_steps(choose):
    recurrent, attending = (choose("mle", VERSE, generator={"name": name}) for name in ("rnn", "transformer"))
    assert attending.training.batch < recurrent.training.batch
    assert attending.generator_optimiser.clip < recurrent.generator_optimiser.clip


@pytest.mark.parametrize("preset", REGISTRY.names(Preset))
@pytest.mark.parametrize(("count", "most"), [(2, 1), (3, 1), (10, 4), (31, 8), (63, 16)])
def test_a_batch_is_at_most_half_of_the_samples_where_these_are_few(choose, preset, count, most):
    few = choose(preset, Survey("image", count)).training.batch
    usual = choose(preset, Survey("image", 100_000)).training.batch
    assert few == (usual if usual <= count else most)


LARGE = replace(PHOTOGRAPHS, pixels=replace(PHOTOGRAPHS.pixels, widths=Span(64, 80, 96), heights=Span(64, 64, 64)))


def large(**more):
    return replace(LARGE, pixels=replace(LARGE.pixels, **more))


@pytest.mark.parametrize(
    ("survey", "wanted", "upsampling"),
    [
        (LARGE, {}, "nearest"),
        (large(flat=0.85), {}, "nearest"),
        (LARGE, {"loss": {"name": "bce"}}, "nearest"),
        (large(channels=1, flat=0.85), {}, "transposed"),
        (large(hard_edges=0.7, colours_per_pixel=0.02), {}, "transposed"),
        (PHOTOGRAPHS, {}, "transposed"),
    ],
    ids=["photographs", "flags", "another loss", "strokes", "pixel art", "small"],
)
def test_large_pictures_with_soft_edges_are_drawn_without_a_checkerboard(choose, survey, wanted, upsampling):
    assert choose("default", survey, **wanted).generator.values()["upsampling"] == upsampling


def test_what_was_measured_for_the_usual_generator_is_not_chosen_for_another(choose):
    recipe = choose("default", LARGE, generator={"name": "mlp"})
    assert (recipe.loss.name, recipe.training.batch, recipe.augmentations) == ("bce", 32, ())


@pytest.mark.parametrize(
    ("survey", "wanted", "preset", "gain"),
    [
        (LARGE, {}, None, "drawings and photographs come out nearly twice as near with it"),
        (large(flat=0.6), {}, None, "drawings and photographs come out nearly twice as near with it"),
        (LARGE, {}, "default", ""),
        (LARGE, {"generator": {"name": "cnn"}}, None, ""),
        (PHOTOGRAPHS, {}, None, ""),
        (large(flat=0.85), {}, None, "drawings and photographs come out nearly twice as near with it"),
        (large(channels=1), {}, None, ""),
        (large(widths=Span(300, 320, 400)), {}, None, ""),
        (PIXEL_ART, {}, None, ""),
        (STROKES, {}, None, ""),
    ],
    ids=[
        "photographs",
        "drawings",
        "preset named",
        "player named",
        "small",
        "flags",
        "grey",
        "long",
        "pixel art",
        "strokes",
    ],
)
def test_where_a_plugin_would_serve_pictures_better_one_line_says_how(registry, survey, wanted, preset, gain):
    advice = compose_surveyed(registry, wanted, preset, survey=lambda _: survey, machine=Machine).advice
    assert bool(advice) == bool(gain)
    if gain:
        assert gain in advice
        assert advice.endswith(": artgan install artgan-fewshot")


def test_what_it_says_to_type_installs_whatever_plugins_were_given(registry):
    given = replace(registry, files=("mine.py",))
    advice = compose_surveyed(given, {}, None, survey=lambda _: LARGE, machine=Machine).advice
    assert advice.endswith(": artgan install artgan-fewshot")


PROPOSING = """
from dataclasses import dataclass
import artgan
from artgan.interfaces import Choice, Preset

@dataclass(frozen=True)
class Mine(Preset):
    \"\"\"Mine.\"\"\"
    name = "mine"
    def proposes_itself(self, wishes, survey, machine):
        return 1 / survey.held_out > 0
    def choose(self, wishes, survey, machine):
        return [Choice({"loss": {"name": "hinge"}, "generator": {"name": "mlp"}, "training": {"steps": 7}}, "mine")]

@artgan.hookimpl
def register_presets():
    return [Mine]
"""


@pytest.mark.parametrize(("preset", "held_out", "steps"), [(None, 9, 7), ("original", 9, 0), (None, 0, 0)])
def test_a_preset_of_a_plugin_may_propose_itself_where_none_is_named(tmp_path, preset, held_out, steps):
    (tmp_path / "mine.py").write_text(PROPOSING)
    registry = load_plugins([tmp_path / "mine.py"]).registry
    survey = replace(LARGE, held_out=held_out)
    composed = compose_surveyed(registry, {}, preset, survey=lambda _: survey, machine=Machine)
    assert composed.recipe.training.steps == steps
    assert any("ZeroDivisionError in proposes_itself()" in str(problem) for problem in registry.problems) == (
        not held_out
    )


@pytest.mark.parametrize("loss", ["wgan", "bce"])
def test_the_slope_of_a_discriminator_is_bounded_where_the_loss_asks_for_it(choose, loss):
    recipe = choose("default", PIXEL_ART, loss={"name": loss})
    assert [penalty.name for penalty in recipe.penalties] == (["gp"] if loss == "wgan" else ["r1"])


@pytest.mark.parametrize(
    ("dataset", "options", "norm", "minutes"),
    [
        ("calligraphy", {}, "spectral", 3.5),
        ("calligraphy", {"size": 32}, "spectral", 3.5),
        ("tiles", {}, "none", 8),
        ("tiles", {"part": "spell"}, "none", 8),
        ("tiles", {"part": "mon", "alpha": True}, "none", 8),
    ],
)
def test_the_bundled_pictures_are_played_as_was_measured(bundled, dataset, options, norm, minutes):
    recipe = bundled("default", dataset, **options)
    assert (recipe.discriminator.values()["norm"], recipe.training.minutes, recipe.training.batch) == (
        norm,
        minutes,
        32,
    )


@pytest.mark.parametrize(
    ("dataset", "options", "minutes", "steps"),
    [
        ("poems", {}, 12, 2000),
        ("poems", {"form": "quatrain"}, 12, 2000),
        ("names", {}, 0.8, 600),
        ("names", {"of": "paints"}, 0.8, 600),
    ],
)
def test_the_bundled_texts_are_played_as_was_measured(bundled, dataset, options, minutes, steps):
    assert bundled("scratch", dataset, **options).training.minutes == minutes
    assert bundled("mle", dataset, **options).training.minutes == minutes / 4
    assert bundled("relgan", dataset, **options).training.steps == steps
