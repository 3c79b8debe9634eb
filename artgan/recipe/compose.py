"""From what a user wants, a preset and the defaults to a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ..errors import UsageError, did_you_mean
from ..interfaces import Augmentation, Dataset, Discriminator, Estimator, Generator, Loss, Modality, Penalty, Preset
from ..interfaces.component import Component
from ..plugins.registry import Registry
from ..plugins.versions import explain
from .decay import with_schedules
from .fit import check_fit
from .recipe import FROZEN, PLAYERS, PLUGINS, SEVERAL, SINGLE, Recipe, Tables
from .settings import BUDGETS, Optimiser, Training

C = TypeVar("C", bound=Component)

FALLBACK = "image"
"""The modality whose preset is taken where nothing that was asked for is of one."""


def compose(registry: Registry, wanted: Tables, preset: str | None) -> Recipe:
    """Make a recipe of what the user wants, a preset, and the defaults, the former before the latter.

    Args:
        registry: where names are looked up.
        wanted: tables that the user's choices make.
        preset: the name of the preset that fills in the rest, or None where the tables are complete.

    Raises:
        UsageError: for anything unknown, out of range, or that does not fit together; it names the plugins that the
            table ``[plugins]`` records and that are gone or of another version.
    """
    _check_tables(wanted)
    try:
        return _compose(registry, {key: table for key, table in wanted.items() if key != PLUGINS}, preset)
    except UsageError as error:
        raise UsageError(explain(error, wanted.get(PLUGINS))) from None


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


def _compose(registry: Registry, wanted: Tables, preset: str | None) -> Recipe:
    base: Tables = {}
    if preset is not None:
        base = dict(registry.parse(Preset, preset).tables(wanted))
        if _name(wanted, "generator") not in ("", _name(base, "generator")):
            base.pop("discriminator", None)
    tables = with_schedules(merge(base, wanted))
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
    )
    _check_budget(recipe.training)
    check_fit(recipe, registry)
    return recipe


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
                below = {name: item for name, item in below.items() if name not in BUDGETS}
            value = {**below, **value}
        merged[key] = value
    return merged


def _check_tables(tables: Mapping[str, Any]) -> None:
    known = [*SINGLE, *SEVERAL, "training", *PLAYERS, PLUGINS]
    for key, value in tables.items():
        if key not in known:
            raise UsageError(f"a recipe has no table {key!r}{did_you_mean(key, known)}")
        several = key in SEVERAL
        rows = value if several and isinstance(value, list) else [value]
        if (several and not isinstance(value, list)) or not all(isinstance(row, Mapping) for row in rows):
            raise UsageError(f"recipe: {key} must be {'an array of tables' if several else 'a table'}")


def _check_budget(training: Training) -> None:
    given = [budget for budget in BUDGETS if getattr(training, budget)]
    if len(given) != 1:
        what = " and ".join(f"--{budget}" for budget in given) if given else "none"
        raise UsageError(f"give one budget of --steps, --epochs, --kimg or --minutes ({what} given)")


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
