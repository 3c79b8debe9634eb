"""The recipe: complete, readable and writable without loss; what does not fit is named before torch is imported."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest
from support.builtins import REGISTRY

from artgan import UsageError
from artgan.interfaces import Loss
from artgan.recipe.compose import compose, merge

MINIMAL = {"dataset": {"name": "calligraphy"}, "generator": {"name": "cnn"}, "loss": {"name": "bce"}}


def test_a_recipe_read_back_is_the_same(registry):
    wanted = {"penalty": [{"name": "r1", "gamma": 0.3}, {"name": "gp"}], "augmentation": [{"name": "flip"}]}
    recipe = compose(registry, wanted, "default")
    again = compose(registry, tomllib.loads(recipe.to_toml(registry)), None)
    assert again == recipe
    assert again.to_toml(registry) == recipe.to_toml(registry)


@pytest.mark.parametrize("preset", ["default", "original", "wgan-gp", "quick"])
@pytest.mark.parametrize("loss", REGISTRY.names(Loss))
@pytest.mark.parametrize("dataset", ["calligraphy", "tiles"])
def test_every_preset_makes_a_recipe_with_every_loss_and_bundled_dataset(registry, preset, loss, dataset):
    recipe = compose(registry, {"loss": {"name": loss}, "dataset": {"name": dataset}}, preset)
    assert recipe.loss.name == loss
    assert recipe.dataset.name == dataset


def test_the_original_preset_is_the_recipe_of_the_text(registry):
    recipe = compose(registry, {}, "original")
    assert (recipe.loss.name, recipe.generator.name, recipe.training.epochs) == ("bce", "cnn", 50)
    assert [(o.optimiser, o.lr) for o in (recipe.generator_optimiser, recipe.discriminator_optimiser)] == [
        ("Adam", 1e-4)
    ] * 2


def test_what_the_user_wants_goes_before_the_preset(registry):
    wanted = {"loss": {"name": "lsgan"}, "training": {"batch": 32, "steps": 10}, "generator": {"width": 8}}
    recipe = compose(registry, wanted, "default")
    assert (recipe.loss.name, recipe.training.batch, recipe.training.steps) == ("lsgan", 32, 10)
    assert recipe.training.minutes == 0
    assert recipe.generator.values()["width"] == 8


def test_another_generator_plays_against_its_own_opponent(registry):
    recipe = compose(registry, {"generator": {"name": "mlp"}}, "default")
    assert recipe.discriminator.name == "mlp"


def test_another_component_does_not_inherit_the_options_of_the_one_it_replaces():
    base = {"generator": {"name": "cnn", "width": 64}}
    assert merge(base, {"generator": {"name": "mlp"}}) == {"generator": {"name": "mlp"}}
    assert merge(base, {"generator": {"latent": 9}}) == {"generator": {"name": "cnn", "width": 64, "latent": 9}}


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"generater": {}}, "did you mean 'generator'"),
        ({"generator": {"name": "cnnn"}}, "no generator is called 'cnnn'; did you mean 'cnn'"),
        ({"generator": {"name": "cnn", "widht": 3}}, "did you mean 'width'"),
        ({"generator": {"name": 3}}, "the generator has no name"),
        ({"penalty": {"name": "r1"}}, "penalty must be an array of tables"),
        ({"loss": "bce"}, "loss must be a table"),
        ({"training": {"batch": 0}}, "recipe table training: batch = 0 is out of range"),
        ({"generator_optimiser": {"betas": 1}}, "recipe table generator_optimiser has no option 'betas'"),
        ({"training": {"steps": 5, "epochs": 1}}, "one budget"),
        ({"training": {"steps": 0}}, "one budget"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(registry, tables, words):
    base = {**MINIMAL, "training": {"steps": 5}}
    with pytest.raises(UsageError, match=words):
        compose(registry, {**base, **tables}, None)


def test_components_of_different_modalities_do_not_fit_and_the_error_says_what_would(registry, tmp_path):
    from artgan.plugins.loader import load_plugins

    path = tmp_path / "verses.py"
    path.write_text(
        "from dataclasses import dataclass\nimport artgan\nfrom artgan.interfaces import Dataset\n"
        "@dataclass(frozen=True)\nclass Verses(Dataset):\n"
        "    'Verses.'\n    name, modality = 'verses', 'text'\n    def open(self, workspace): ...\n"
        "@artgan.hookimpl\ndef register_datasets(): return [Verses]\n"
    )
    mixed = load_plugins([str(path)]).registry
    with pytest.raises(
        UsageError, match=r"generator cnn is for pixels but dataset verses holds text; for text there is: rnn"
    ):
        compose(mixed, {"dataset": {"name": "verses"}}, "default")


def test_a_need_that_nothing_gives_is_named(tmp_path):
    from artgan.plugins.loader import load_plugins

    path = tmp_path / "needy.py"
    path.write_text(
        "from dataclasses import dataclass\nimport artgan\nfrom artgan.interfaces import Loss\n"
        "@dataclass(frozen=True)\nclass Needy(Loss):\n"
        "    'Needs much.'\n    name = 'needy'\n    requires = frozenset({'log-probabilities'})\n"
        "    def discriminator(self, turn): ...\n    def generator(self, turn): ...\n"
        "@artgan.hookimpl\ndef register_losses(): return [Needy]\n"
    )
    with pytest.raises(UsageError, match="loss needy needs log-probabilities, which none of"):
        compose(load_plugins([str(path)]).registry, {"loss": {"name": "needy"}}, "default")


def test_the_public_recipe_tells_no_folder(registry, tmp_path):
    recipe = compose(registry, {"dataset": {"name": "folder", "path": str(tmp_path / "prints")}}, "default")
    assert str(tmp_path) in recipe.to_toml(registry)
    assert str(tmp_path) not in recipe.public().to_toml(registry)


def test_a_wrong_recipe_is_found_before_torch_is_imported():
    code = (
        "import sys\nfrom artgan.plugins.loader import load_plugins\nfrom artgan.recipe.compose import compose\n"
        "try: compose(load_plugins().registry, {'loss': {'name': 'bcee'}}, 'default')\n"
        "except Exception as error: print(error, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "did you mean 'bce'" in shown
    assert shown.strip().endswith("False False")


@pytest.mark.parametrize("dataset", ["poems", "names", "lines"])
def test_a_share_to_hold_out_reaches_texts_which_hold_out_their_own(registry, dataset):
    wanted = {"dataset": {"name": dataset}, "training": {"held_out": 0.3}}
    assert compose(registry, wanted, "scratch").dataset.values()["held_out"] == 0.3
    own = merge(wanted, {"dataset": {"held_out": 0.2}})
    assert compose(registry, own, "scratch").dataset.values()["held_out"] == 0.2
    counted = {"dataset": {"name": "oracle"}, "training": {"held_out": 0.3}}
    assert compose(registry, counted, "mle").dataset.values()["held_out"] == 5000
