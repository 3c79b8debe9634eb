"""From what a user wants, a preset and the defaults to a recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..errors import UsageError, did_you_mean
from ..interfaces import (
    Augmentation,
    Choice,
    Dataset,
    Discriminator,
    Estimator,
    Generator,
    Loss,
    Machine,
    Modality,
    Penalty,
    Preset,
    Recommendation,
    Survey,
    Wishes,
)
from ..interfaces.component import Component, split_choice
from ..plugins.registry import Registry
from ..plugins.versions import explain
from ..shell import command
from .choices import standing
from .decay import with_schedules
from .fit import check_fit
from .qualified_names import with_qualified_names
from .recipe import BASE, FROZEN, PLAYERS, PLUGINS, SEVERAL, SINGLE, Recipe, Tables
from .settings import BUDGETS, BaseChoice, Optimiser, Training

C = TypeVar("C", bound=Component)

FALLBACK = "image"
"""The modality whose preset is taken where nothing that was asked for is of one."""


@dataclass(frozen=True)
class Composed:
    """A recipe, and what a preset chose of it.

    Attributes:
        recipe: the recipe.
        choices: what of the preset's choices stands beside the user's, each with its reason.
        advice: what would serve better, in one line; empty for nothing.
    """

    recipe: Recipe
    choices: tuple[Choice, ...] = ()
    advice: str = ""


def compose(registry: Registry, wanted: Tables, preset: str | None = None) -> Recipe:
    """Make a recipe of what the user wants, a preset, and the defaults, the former before the latter.

    The dataset is not looked at: a preset then chooses what suits most.

    Args:
        registry: where names are looked up.
        wanted: tables that the user's choices make.
        preset: the name of the preset that fills in the rest, or None where the tables are complete.

    Raises:
        UsageError: for anything unknown, out of range, or that does not fit together; it names the plugins that the
            table ``[plugins]`` records and that are gone or of another version.
    """
    if preset is None:
        with _explained(wanted):
            tables = _checked(with_qualified_names(registry, wanted))
            return _recipe(registry, _with_share_held_out(registry, tables))
    return _compose(registry, wanted, preset, lambda dataset: Survey(dataset.modality, count=0), Machine).recipe


def compose_surveyed(
    registry: Registry,
    wanted: Tables,
    preset: str | Preset | None,
    *,
    survey: Callable[[Dataset], Survey],
    machine: Callable[[], Machine],
    decide: Callable[[Dataset], Choice | None] = lambda dataset: None,
) -> Composed:
    """Make a recipe of what the user wants, and of what a preset chooses by what dataset and machine are like.

    Both are looked at when what the user wants was found in order.

    Args:
        registry: where names are looked up.
        wanted: tables that the user's choices make.
        preset: what fills in the rest, or its name; None for one of a plugin that proposes itself for this data, or
            else the usual one of the modality.
        survey: surveys the dataset.
        machine: tells what is trained on.
        decide: asks a dataset what its data itself decides.

    Raises:
        UsageError: as `compose`.
        ArtganError: if the dataset cannot be used.
    """
    chosen = preset or usual_preset(registry, wanted)
    return _compose(registry, wanted, chosen, survey, machine, decide, named=preset is not None)


def usual_preset(registry: Registry, wanted: Tables) -> str:
    """Return the preset of the modality that the dataset or generator asked for is of; that of pictures for neither."""
    if name := _name(wanted, "dataset"):
        return registry.get(Modality, registry.get(Dataset, name).modality).preset

    if name := _name(wanted, "generator"):
        generator = registry.get(Generator, name)
        modalities = [registry.get(Modality, known) for known in registry.names(Modality)]
        served = [modality for modality in modalities if generator.serves(modality.name, modality.representation)]
        if FALLBACK not in {modality.name for modality in served} and served:
            return served[0].preset

    return registry.get(Modality, FALLBACK).preset


def _compose(
    registry: Registry,
    wanted: Tables,
    preset: str | Preset,
    survey: Callable[[Dataset], Survey],
    machine: Callable[[], Machine],
    decide: Callable[[Dataset], Choice | None] = lambda dataset: None,
    *,
    named: bool = True,
) -> Composed:
    with _explained(wanted):
        # What is wrong in the user's own words is said before anything that takes long.
        wishes = Wishes({key: table for key, table in _checked(wanted).items() if key != "dataset"})
        wanted = _checked(with_qualified_names(registry, wanted))
        chooser = registry.parse(Preset, preset) if isinstance(preset, str) else preset
        usual = with_qualified_names(registry, {"dataset": _named(chooser.dataset)})
        tables = _with_share_held_out(registry, merge(usual, wanted))
        dataset = _component(registry, Dataset, tables)
        _check_wishes(registry, wanted)
        if own := decide(dataset):
            tables = merge(tables, dict(own.tables))
            dataset = _component(registry, Dataset, tables)

        # The preset is not told which dataset it is, but only what it is like.
        found, place, advice = survey(dataset), machine(), ""
        if not named and (proposed := registry.proposed_preset(wishes, found, place)):
            chooser = proposed
        elif not named:
            advice = _advice(registry, chooser.recommendation(wishes, found))
        chosen = [
            replace(choice, tables=with_qualified_names(registry, choice.tables))
            for choice in chooser.choose(wishes, found, place)
        ]
        choices = _with_own_opponent(chosen, _name(wanted, "generator"))
        base: Tables = {}
        for choice in choices:
            base = merge(base, _checked(dict(choice.tables)))
        recipe = _recipe(registry, merge(base, tables))

        # A run that starts from a model stays close to what that has learned.
        late = None if recipe.base else dataset.choose_for(found, place, recipe.training.minutes)
        if late:
            recipe = replace(recipe, dataset=dataset.decided(late))
    of_data = [choice for choice in (own, late) if choice]
    return Composed(recipe, (*of_data, *standing(choices, wanted)), advice)


def _advice(registry: Registry, recommended: Recommendation | None) -> str:
    """Return in one line what would serve better, and is not installed; empty for nothing."""
    if recommended is None or recommended.distribution in registry.distributions():
        return ""
    install = command("artgan", "install", recommended.distribution)
    return f"{recommended.distribution} is not installed, and {recommended.gain}: {install}"


def _recipe(registry: Registry, tables: Tables) -> Recipe:
    """Make a recipe of complete tables, but for what the players themselves propose."""
    tables = with_schedules(tables)
    generator = _component(registry, Generator, tables)
    tables.setdefault("discriminator", {"name": generator.opponent})
    discriminator = _component(registry, Discriminator, tables)
    tables.setdefault("estimator", {"name": discriminator.estimator or generator.estimator})

    recipe = Recipe(
        dataset=_component(registry, Dataset, tables),
        generator=generator,
        discriminator=discriminator,
        loss=_component(registry, Loss, tables),
        estimator=_component(registry, Estimator, tables),
        penalties=_components(registry, Penalty, tables),
        augmentations=_components(registry, Augmentation, tables),
        training=_table(Training, "training", tables),
        generator_optimiser=_table(Optimiser, "generator_optimiser", tables),
        discriminator_optimiser=_table(Optimiser, "discriminator_optimiser", tables),
        base=_table(BaseChoice, BASE, tables) if BASE in tables else None,
    )

    _check_budget(recipe.training)
    _check_shards(recipe.training)
    check_fit(recipe, registry)
    return recipe


def _with_share_held_out(registry: Registry, tables: Tables) -> Tables:
    """Return tables whose dataset, if it holds out a share itself, is told which share is wished for."""
    share = tables.get("training", {}).get("held_out")
    row = tables.get("dataset", {})
    name = row.get("name")
    if share is None or "held_out" in row or not isinstance(name, str):
        return tables
    own = registry.get(Dataset, name).options().get("held_out")
    if own is None or own.type is not float:
        return tables
    return {**tables, "dataset": {**row, "held_out": share}}


def _named(text: str) -> Tables:
    """Return the table of a component as the command line takes it."""
    name, options = split_choice(text)
    return {"name": name, **options}


def _with_own_opponent(choices: Sequence[Choice], generator: str) -> Sequence[Choice]:
    """Return choices without a discriminator that was chosen for another generator than is wished for."""
    chosen = {_name(choice.tables, "generator") for choice in choices} - {""}
    if generator in {"", *chosen}:
        return choices
    return [
        replace(choice, tables={key: table for key, table in choice.tables.items() if key != "discriminator"})
        for choice in choices
    ]


@contextmanager
def _explained(wanted: Tables) -> Iterator[None]:
    """Name the plugins that a recipe was made with in errors about what is not known."""
    try:
        yield
    except UsageError as error:
        raise UsageError(explain(error, wanted.get(PLUGINS))) from None


def merge(base: Mapping[str, Any], wanted: Mapping[str, Any]) -> Tables:
    """Return the base's tables with the wanted ones on top.

    A table for another component than the base's replaces it whole; so does a budget of another unit.
    """
    merged: Tables = dict(base)
    for key, value in wanted.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            if value.get("name", below.get("name")) != below.get("name"):
                below = {}
            if any(value.get(budget) for budget in BUDGETS):
                below = {name: item for name, item in below.items() if name not in (*BUDGETS, "schedule_steps")}
            value = {**below, **value}
        merged[key] = value
    return merged


def _checked(tables: Tables) -> Tables:
    """Return the tables without the record of plugins, if all of them are known and of the right kind."""
    known = [*SINGLE, *SEVERAL, "training", *PLAYERS, BASE, PLUGINS]
    for key, value in tables.items():
        if key not in known:
            raise UsageError(f"a recipe has no table {key!r}{did_you_mean(key, known)}")
        several = key in SEVERAL
        rows = value if several and isinstance(value, list) else [value]
        if (several and not isinstance(value, list)) or not all(isinstance(row, Mapping) for row in rows):
            raise UsageError(f"recipe: {key} must be {'an array of tables' if several else 'a table'}")
    return {key: table for key, table in tables.items() if key != PLUGINS}


def _check_wishes(registry: Registry, wanted: Tables) -> None:
    """Check those of the user's choices that can be checked without the rest of the recipe."""
    for name, kind in SINGLE.items():
        if _name(wanted, name):
            _component(registry, kind, wanted)
    for kind in SEVERAL.values():
        _components(registry, kind, wanted)
    if BASE in wanted:
        _table(BaseChoice, BASE, wanted)
    wanted = with_schedules(wanted)
    _table(Training, "training", wanted)
    for player in PLAYERS:
        _table(Optimiser, player, wanted)


def _check_budget(training: Training) -> None:
    given = [budget for budget in BUDGETS if getattr(training, budget)]
    if len(given) != 1 and given != ["steps", "minutes"]:
        what = " and ".join(f"--{budget}" for budget in given) if given else "none"
        raise UsageError(f"give one budget of --steps, --epochs, --kimg or --minutes ({what} given)")


def _check_shards(training: Training) -> None:
    batch, shards = training.batch, training.shards
    if batch % shards == 0:
        return
    batches = {max(1, batch // shards), batch // shards + 1}
    nearest = min(
        [number for number in range(1, batch + 1) if batch % number == 0], key=lambda number: abs(number - shards)
    )
    raise UsageError(
        f"a batch of {batch} cannot be cut into {shards} equal shards: choose --shards {nearest}, or "
        f"--batch {min(batches, key=lambda number: abs(number * shards - batch)) * shards}"
    )


def _name(tables: Mapping[str, Any], kind: str) -> str:
    return str(tables.get(kind, {}).get("name", ""))


def _component(registry: Registry, kind: type[C], tables: Tables) -> C:
    if kind.kind not in tables:
        raise UsageError(f"the recipe names no {kind.kind}: add a table [{kind.kind}] with a name")
    return _configure(registry, kind, tables[kind.kind])


def _components(registry: Registry, kind: type[C], tables: Tables) -> tuple[C, ...]:
    rows: Sequence[Mapping[str, Any]] = tables.get(kind.kind, [])
    return tuple(_configure(registry, kind, row) for row in rows)


def _configure(registry: Registry, kind: type[C], row: Mapping[str, Any]) -> C:
    options = dict(row)
    name = options.pop("name", None)
    if not isinstance(name, str):
        raise UsageError(f"recipe: the {kind.kind} has no name")
    recorded = options.pop(FROZEN, {}) if kind.kind == Discriminator.kind else {}
    component = registry.get(kind, name).configure(options)
    if isinstance(component, Discriminator):
        _check_frozen_parts(component, recorded)
    return component


def _check_frozen_parts(discriminator: Discriminator, recorded: object) -> None:
    """Check that the parts that never learn are those that a recipe was made with.

    Raises:
        UsageError: naming the part and what to do.
    """
    if not isinstance(recorded, Mapping):
        raise UsageError(f"recipe: discriminator.{FROZEN} must be a table of digests")
    digests = discriminator.frozen_digests()
    for part, digest in recorded.items():
        if (now := digests.get(part, "nothing")) != digest:
            raise UsageError(
                f"discriminator {discriminator.name}: its frozen part {part!r} is {now[:16]}, but the recipe was made "
                f"with {str(digest)[:16]}: install the version that has it, or start a new run"
            )


def _table(kind: type[C], key: str, tables: Tables) -> C:
    try:
        return kind.configure(tables.get(key, {}))
    except UsageError as error:
        raise UsageError(str(error).replace(f"table {kind.name}", f"recipe table {key}", 1)) from None
