"""What presets and recipes name means the same whatever else is installed, before, between and after a run."""

from __future__ import annotations

from typing import Any

import pytest
from support.recorder import Recorder

from artgan import UsageError
from artgan.api import RunRequest
from artgan.api._request import compose_request
from artgan.interfaces import Loss, Preset
from artgan.interfaces.kinds import KINDS
from artgan.plugins.loader import installed as installed_plugins
from artgan.plugins.loader import load
from artgan.plugins.registry import OWN, Registry, Source
from artgan.recipe.compose import compose
from artgan.recipe.qualified_names import with_qualified_names

BUILT_IN = load(item for item in installed_plugins() if item.source.distribution == OWN).registry
DATA = "calligraphy"


def shadowed(*distributions: str) -> Registry:
    """Return the built-in components, beside distributions that offer each of their names as well."""
    registry = load(item for item in installed_plugins() if item.source.distribution == OWN).registry
    for distribution in distributions:
        for kind in KINDS.values():
            for component in BUILT_IN.offers(kind):
                registry.add(type(component.__name__, (component,), {}), Source("shadow", distribution, "1.0"))
    return registry


@pytest.mark.parametrize("preset", BUILT_IN.names(Preset))
def test_presets_keep_their_meaning_whatever_a_plugin_offers(preset):
    wanted = {"dataset": {"name": BUILT_IN.get(Preset, preset)().dataset.partition(":")[0]}}
    alone, beside = compose(BUILT_IN, wanted, preset), compose(shadowed("one"), wanted, preset)
    assert beside == alone
    assert beside.to_toml(shadowed("one")) == alone.to_toml(BUILT_IN)


def recipe(**tables: Any) -> dict[str, Any]:
    return compose(BUILT_IN, {"dataset": {"name": DATA}}, "default").tables(BUILT_IN) | tables


def test_recipes_keep_theirs():
    before = compose(BUILT_IN, recipe())
    assert compose(shadowed("one", "two"), recipe()) == before


def test_the_name_of_what_a_plugin_offers_is_written_with_its_distribution_though_nothing_else_has_it():
    registry = shadowed("one")
    named = with_qualified_names(
        registry, {"loss": {"name": "one/bce"}, "penalty": [{"name": "one/r1"}, {"name": "r1"}]}
    )
    assert named == {"loss": {"name": "one/bce"}, "penalty": [{"name": "one/r1"}, {"name": "r1"}]}
    made = compose(registry, recipe(**named))
    assert type(made.loss) is registry.get(Loss, "one/bce")
    assert made.tables(registry)["loss"]["name"] == "one/bce"
    assert made.tables(registry)["plugins"] == {"one": "1.0"}


class Own(BUILT_IN.get(Loss, "bce")):  # type: ignore[misc]
    """One of a name that no built-in component has."""

    name = "own"


def offered_by(*distributions: str) -> Registry:
    registry = shadowed()
    for distribution in distributions:
        registry.add(type("Own", (Own,), {}), Source("own", distribution, "1.0"))
    return registry


def test_a_name_that_an_older_recipe_wrote_alone_is_that_of_the_plugin_that_it_was_made_with():
    alone = {"loss": {"name": "own"}}
    assert with_qualified_names(offered_by("one"), alone) == {"loss": {"name": "one/own"}}
    recorded = alone | {"plugins": {"two": "1.0"}}
    assert with_qualified_names(offered_by("one", "two"), recorded)["loss"] == {"name": "two/own"}
    with pytest.raises(UsageError, match="offered more than once: say which with one/own and two/own"):
        compose(offered_by("one", "two"), recipe(**alone))


def test_a_plugin_in_a_file_that_was_renamed_or_installed_since_is_found_but_never_a_built_in_component():
    written = recipe(loss={"name": "mine.py/own"})
    installed = offered_by("artgan-mine")
    assert compose(installed, written).tables(installed)["loss"]["name"] == "artgan-mine/own"
    with pytest.raises(UsageError, match=r"no loss is called 'mine\.py/own'"):
        compose(offered_by(), written)
    with pytest.raises(UsageError, match=r"no loss is called 'mine\.py/bce'"):
        compose(BUILT_IN, recipe(loss={"name": "mine.py/bce"}))


@pytest.mark.parametrize(
    "tables", [{"loss": 3}, {"loss": {"name": 3}}, {"penalty": 3}, {"penalty": [3]}, {"plugins": 3}]
)
def test_what_is_no_recipe_is_left_to_those_who_check_it(tables):
    assert with_qualified_names(BUILT_IN, tables) == tables


def test_who_types_a_name_that_several_offer_is_asked_which_and_keeps_the_options_of_the_preset():
    registry = shadowed("one")

    def composed(loss: str) -> dict[str, Any]:
        request = RunRequest(dataset="artgan/calligraphy", loss=loss, device="cpu")
        return compose_request(request, registry, Recorder()).recipe.tables(registry)

    with pytest.raises(UsageError, match="loss 'bce' is offered more than once: say which with artgan/bce and one/bce"):
        composed("bce")
    assert composed("artgan/bce:smoothing=0.1")["loss"] == {"name": "bce", "smoothing": 0.1}
    assert composed("one/bce")["loss"]["name"] == "one/bce"
