"""The model that a run starts from, as a person asks for it, and what of its recipe the run follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..artworks.places import model_place
from ..errors import UsageError, printable
from ..interfaces import Choice, Dataset, Modality, Reporter
from ..interfaces.kinds import KINDS
from ..plugins.registry import Registry
from ..recipe.choices import standing
from ..recipe.compose import Composed, merge
from ..recipe.qualified_names import with_qualified_names
from ..recipe.recipe import BASE, PLAYERS, PLUGINS, Recipe, Tables
from ..recipe.settings import Optimiser

if TYPE_CHECKING:
    from ..interfaces import Spec
    from ..training.base_model import BaseModel
    from ..training.base_weights import BaseWeights

FOLLOWED = ("generator", "discriminator", "loss", "estimator", "penalty", "augmentation", *PLAYERS)
"""The tables of a recipe that a run shares with that of the model it starts from."""
SIDES = 8, 1024
"""Of pictures that data can be brought to, in pixels."""
WITHOUT = {
    "generator": FOLLOWED,
    "discriminator": ("discriminator", "estimator", "penalty", "discriminator_optimiser"),
    "loss": ("loss", "penalty"),
}
"""What is not followed where another component of a kind is asked for."""


def base_table(model: Path | None, take: tuple[str, ...], freeze_discriminator: int | None, out: Path) -> Tables:
    """Return what a recipe tells of the model to start from; nothing where none is asked for.

    Raises:
        UsageError: if there is no such model.
    """
    given: Tables = {"take": ",".join(take)} if take else {}
    if freeze_discriminator is not None:
        given["freeze_discriminator"] = freeze_discriminator
    if model is None:
        return {BASE: given} if given else {}
    usual = {"weights": "", "take": "", "freeze_discriminator": 0}
    return {BASE: {"model": str(model_place(model, out).resolve()), **usual, **given}}


def followed_tables(wanted: Tables, registry: Registry, reporter: Reporter, *, of_recipe: bool) -> Tables:
    """Return what a run's recipe has from the model that it starts from; nothing where it starts from none.

    Args:
        wanted: what is asked for, which stays as it is.
        registry: where names are looked up.
        reporter: told of each checkpoint that had to be passed over.
        of_recipe: whether it follows the model's recipe, or the size of its pictures alone.

    Raises:
        UsageError: if the model makes what the data does not hold.
        ArtganError: if it is damaged or no model.
    """
    if not (model := wanted.get(BASE, {}).get("model")):
        return {}

    from ..training.base_model import find_base

    base = find_base(Path(model), report=reporter.warn)
    _check_representation(base, wanted, registry)
    own, theirs = with_qualified_names(registry, wanted), with_qualified_names(registry, base.recipe)
    followed = _followed_side(base, own.get("dataset", {}), registry)
    if not of_recipe:
        return followed

    left = {key for kind, keys in WITHOUT.items() if _name(own, kind) not in ("", _name(theirs, kind)) for key in keys}
    followed |= {key: theirs[key] for key in FOLLOWED if key not in left and theirs.get(key) not in (None, [])}
    if "penalty" in theirs and "penalty" not in left:
        followed["penalty"] = theirs["penalty"]
    return {**followed, **({PLUGINS: theirs[PLUGINS]} if followed and PLUGINS in theirs else {})}


def merged_with_followed(followed: Tables, wanted: Tables) -> Tables:
    """Return what is wanted on what is followed; below a side that is followed the dataset's is open."""
    side: Tables = {"dataset": followed["dataset"]} if "dataset" in followed else {}
    return merge(merge(followed, wanted), side)


def with_followed(composed: Composed, followed: Tables, wanted: Tables, registry: Registry) -> Composed:
    """Return a recipe whose choices tell what of it follows another's, in so far as that is not as usual."""
    shown = {key: _unusual(key, table, registry) for key, table in followed.items() if key != PLUGINS}
    choice = Choice(shown, "as the model that it starts from was made")
    return replace(composed, choices=(*standing([choice], wanted), *composed.choices))


def weights_of_base(recipe: Recipe, spec: Spec, reporter: Reporter) -> tuple[Recipe, BaseWeights | None]:
    """Read what a run takes of the model that its recipe starts from, and tell how much that is.

    Args:
        recipe: the run's.
        spec: what its networks are sized by.
        reporter: told how much is taken.

    Returns:
        The recipe, which says what the model's weights are, and what is taken of them; None where it starts from none.

    Raises:
        UsageError: if the model is gone or another than the recipe was made with, or nothing of it fits.
        ArtganError: if it is damaged.
    """
    if recipe.base is None:
        return recipe, None

    from ..training.base_model import find_base
    from ..training.base_weights import take_weights

    place, recorded = recipe.base.model, recipe.base.weights
    if not Path(place).exists():
        raise UsageError(f"the model that the recipe starts from is not at {place}: give its place with --from")
    base = find_base(Path(place), report=reporter.warn)
    if recorded not in ("", base.weights_digest):
        raise UsageError(
            f"{place} has other weights than those that the recipe started from ({base.weights_digest[:16]}, not "
            f"{recorded[:16]}): give it with --from to start from what it is now"
        )
    weights = take_weights(base, recipe, spec)
    reporter.say(f"starts from {base.name} at step {base.step:,}, of which it takes {weights.told}")
    return replace(recipe, base=replace(recipe.base, weights=base.weights_digest)), weights


def _check_representation(base: BaseModel, wanted: Tables, registry: Registry) -> None:
    if not (name := _name(wanted, "dataset")):
        return
    dataset = registry.get(Dataset, name)
    representation = registry.get(Modality, dataset.modality).representation
    if representation != ("tokens" if base.spec.vocabulary else "pixels"):
        theirs = printable(base.spec.modality)
        raise UsageError(
            f"nothing of {base.name}, whose generator makes works of modality {theirs}, fits dataset {dataset.name} "
            f"of modality {dataset.modality}: start from a model of that modality"
        )


def _followed_side(base: BaseModel, dataset: Tables, registry: Registry) -> Tables:
    """Return the longer side of the model's pictures as the most of a dataset that leaves it open."""
    name, side = str(dataset.get("name", "")), max(base.spec.shape[1:], default=0)
    if not name or "max_side" not in registry.get(Dataset, name).options():
        return {}
    is_open = dataset.get("size", "auto") == "auto" and not dataset.get("max_side")
    return {"dataset": {"name": name, "max_side": side}} if is_open and SIDES[0] <= side <= SIDES[1] else {}


def _unusual(key: str, table: Any, registry: Registry) -> Any:
    """Return the tables of components without the options that are at their defaults."""
    if isinstance(table, list):
        return [_unusual(key, row, registry) for row in table]
    component = Optimiser if key in PLAYERS else registry.get(KINDS[key], str(table.get("name")))
    usual = {name: option.default for name, option in component.options().items()}
    return {name: value for name, value in table.items() if name not in usual or usual[name] != value}


def _name(tables: Mapping[str, Any], kind: str) -> str:
    table = tables.get(kind)
    return str(table.get("name", "")) if isinstance(table, Mapping) else ""
