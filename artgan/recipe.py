"""The recipe: every choice of a run, typed, validated, read and written as TOML."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from .components import Component, option
from .errors import ArtganError, UsageError, did_you_mean, one_line
from .interfaces import (
    Augmentation,
    Dataset,
    Discriminator,
    Estimator,
    Generator,
    Loss,
    Modality,
    Penalty,
    Preset,
)
from .registry import Registry
from .requirements import explain

Tables = dict[str, Any]
SINGLE = {
    "dataset": Dataset,
    "generator": Generator,
    "discriminator": Discriminator,
    "loss": Loss,
    "estimator": Estimator,
}
SEVERAL = {"penalty": Penalty, "augmentation": Augmentation}
PLAYERS = ("generator_optimiser", "discriminator_optimiser")
PLUGINS = "plugins"
BUDGETS = ("steps", "epochs", "kimg", "minutes")

C = TypeVar("C", bound=Component)


@dataclass(frozen=True)
class Training(Component):
    """How long and how the players train.

    A step is one turn of each player. One of the four budgets is given; the others are 0.
    """

    kind = "table"
    name = "training"
    seed: int = option(0, "root of all randomness", min=0, max=2**63 - 1)
    batch: int = option(64, "samples in a batch", min=1)
    steps: int = option(0, "budget: steps", min=0)
    epochs: float = option(0.0, "budget: times that each real sample is seen", min=0)
    kimg: float = option(0.0, "budget: thousand real samples seen", min=0)
    minutes: float = option(0.0, "budget: minutes, turned into steps by a measured warm-up", min=0)
    held_out: float = option(
        0.1,
        "share of the samples that nothing is trained on, to judge by; not where the dataset has some",
        min=0,
        max=0.5,
    )
    pretrain: int = option(0, "steps at the beginning that train the generator alone, by maximum likelihood", min=0)
    pretrain_lr: float = option(0.0, "learning rate of the generator in those steps; 0 for that of the game", min=0)
    likelihood: float = option(0.0, "weight of maximum likelihood beside the loss of the game; 0 for none", min=0)
    precision: str = option(
        "auto",
        "arithmetic of the networks while they train; auto: bfloat16 where the device is fast at it",
        choices=("auto", "float32", "bfloat16"),
    )
    ema: float = option(0.995, "decay of the moving average of the generator's weights; 0 for none", min=0, max=0.99999)
    decay: float = option(0.0, "last share of the steps in which the learning rates fall to zero", min=0, max=1)
    log_every: int = option(25, "steps from one line of the log to the next", min=1)
    checkpoint_every: int = option(500, "steps from one checkpoint to the next", min=1)
    keep: int = option(2, "checkpoints that are kept", min=1)
    evaluate_every: int = option(
        0, "steps from one judgement of quality to the next, by which the best checkpoint is kept; 0 for none", min=0
    )
    snapshots: int = option(24, "pictures of the same latents taken on the way", min=1, max=1000)


@dataclass(frozen=True)
class Optimiser(Component):
    """One player's optimiser, of `torch.optim` by name."""

    kind = "table"
    name = "optimiser"
    optimiser: str = option("Adam", "class of torch.optim")
    lr: float = option(1e-3, "learning rate", min=0)
    beta1: float = option(0.0, "decay of the mean of gradients, for the Adam family", min=0, max=1)
    beta2: float = option(0.9, "decay of the mean of squared gradients, for the Adam family", min=0, max=1)
    clip: float = option(0.0, "largest norm of the gradients of all weights together; 0 for any", min=0)
    updates: int = option(1, "updates of this player in a step", min=1, max=1000)


@dataclass(frozen=True)
class Recipe:
    """Every choice of a run."""

    dataset: Dataset
    generator: Generator
    discriminator: Discriminator
    loss: Loss
    estimator: Estimator
    penalties: tuple[Penalty, ...]
    augmentations: tuple[Augmentation, ...]
    training: Training
    generator_optimiser: Optimiser
    discriminator_optimiser: Optimiser

    def components(self) -> list[Component]:
        """Return all the components that play together."""
        single = [self.dataset, self.generator, self.discriminator, self.loss, self.estimator]
        return [*single, *self.penalties, *self.augmentations]

    def with_steps(self, steps: int) -> Recipe:
        """Return the recipe with its budget given in steps."""
        return replace(self, training=replace(self.training, steps=steps, epochs=0.0, kimg=0.0, minutes=0.0))

    def with_seed(self, seed: int) -> Recipe:
        """Return the recipe with another root of all randomness."""
        return replace(self, training=replace(self.training, seed=seed))

    def with_precision(self, precision: str) -> Recipe:
        """Return the recipe with its precision chosen, where it leaves that open."""
        if self.training.precision != "auto":
            return self
        return replace(self, training=replace(self.training, precision=precision))

    def public(self) -> Recipe:
        """Return the recipe as it may be shown to anybody: paths are cut to their last part."""
        values = self.dataset.values()
        if not isinstance(path := values.get("path"), str):
            return self
        return replace(self, dataset=replace(self.dataset, **cast(Any, {"path": Path(path).name})))

    def tables(self, registry: Registry) -> Tables:
        """Return the complete tables, as in the TOML."""

        def table(component: Component) -> Tables:
            return {"name": registry.qualified(type(component)), **component.values()}

        made_with = {name: version for name, version in self.versions(registry).items() if name != "artgan"}
        tables: Tables = {PLUGINS: made_with} if made_with else {}
        tables |= {kind: table(getattr(self, kind)) for kind in SINGLE}
        tables["penalty"] = [table(penalty) for penalty in self.penalties]
        tables["augmentation"] = [table(augmentation) for augmentation in self.augmentations]
        tables["training"] = self.training.values()
        for player in PLAYERS:
            tables[player] = getattr(self, player).values()
        return tables

    def versions(self, registry: Registry) -> dict[str, str]:
        """Return the version of each distribution that a component of the recipe comes from."""
        modality = registry.get("modality", self.dataset.modality)
        sources = [registry.source(component) for component in (*map(type, self.components()), modality)]
        return {source.distribution: source.version for source in sources}

    def to_toml(self, registry: Registry) -> str:
        """Return the complete recipe as TOML."""
        import tomli_w

        return tomli_w.dumps(self.tables(registry))


def differences(before: str, now: str) -> list[str]:
    """Return in words what two recipes do not share, of what a run cannot change on its way.

    Args:
        before: TOML of a complete recipe.
        now: that of another.
    """
    first, second = _lines(tomllib.loads(before)), _lines(tomllib.loads(now))
    return [
        f"{key}: {first.get(key, 'nothing')} → {second.get(key, 'nothing')}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _lines(tables: Tables) -> dict[str, object]:
    lines: dict[str, object] = {}
    for table, values in tables.items():
        parts = values if isinstance(values, list) else [values]
        for number, part in enumerate(parts):
            place = table if part is values else f"{table}[{number}]"
            lines |= {f"{place}.{key}": value for key, value in part.items()}
    free = {
        f"training.{key}" for key in (*BUDGETS, "log_every", "checkpoint_every", "keep", "snapshots", "evaluate_every")
    }
    return {
        key: value
        for key, value in lines.items()
        if key not in free and key != "dataset.path" and not key.startswith(f"{PLUGINS}.")
    }


def digest(toml: str) -> str:
    """Return the SHA-256 of a recipe's TOML in hexadecimal."""
    return hashlib.sha256(toml.encode()).hexdigest()


def read_toml(path: Path) -> Tables:
    """Read a recipe file's tables.

    Raises:
        UsageError: if it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"cannot read recipe {path}: {one_line(error)}") from None


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
    for kind in ("dataset", "generator"):
        if name := _name(wanted, kind):
            component = registry.get(kind, name)
            names = {component.modality} if issubclass(component, Dataset) else component.modalities
            if len(names) == 1:
                return cast(type[Modality], registry.get("modality", min(names))).preset
    return cast(type[Modality], registry.get("modality", "image")).preset


def _compose(registry: Registry, wanted: Tables, preset: str | None) -> Recipe:
    base: Tables = {}
    if preset is not None:
        chosen = registry.parse("preset", preset)
        base = dict(cast(Preset, chosen).tables(wanted))
        if _name(wanted, "generator") not in ("", _name(base, "generator")):
            base.pop("discriminator", None)
    tables = merge(base, wanted)
    generator = _component(registry, "generator", tables, Generator)
    tables.setdefault("discriminator", {"name": generator.opponent})
    discriminator = _component(registry, "discriminator", tables, Discriminator)
    tables.setdefault("estimator", {"name": discriminator.estimator or generator.estimator})
    recipe = Recipe(
        dataset=_component(registry, "dataset", tables, Dataset),
        generator=generator,
        discriminator=discriminator,
        loss=_component(registry, "loss", tables, Loss),
        estimator=_component(registry, "estimator", tables, Estimator),
        penalties=_components(registry, "penalty", tables, Penalty),
        augmentations=_components(registry, "augmentation", tables, Augmentation),
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


def check_fit(recipe: Recipe, registry: Registry) -> None:
    """Check that modalities meet and that what each component needs is given by another.

    Raises:
        UsageError: naming the two that do not fit, and what would.
    """
    modality = recipe.dataset.modality
    for component in recipe.components():
        if component.modalities and modality not in component.modalities:
            made_for = " or ".join(sorted(component.modalities))
            fitting = [
                name
                for name in registry.names(component.kind)
                if modality in (registry.get(component.kind, name).modalities or {modality})
            ]
            raise UsageError(
                f"{component.kind} {component.name} is for {made_for} but dataset {recipe.dataset.name} holds "
                f"{modality}; for {modality} there is: {', '.join(fitting) or 'none'}"
            )
    if "pretraining" not in recipe.generator.gives:
        if recipe.training.pretrain:
            raise UsageError(f"generator {recipe.generator.name} cannot be pre-trained: leave out --pretrain")
        if recipe.training.likelihood:
            raise UsageError(f"generator {recipe.generator.name} has no likelihood: leave out training.likelihood")
    given = {gift for component in recipe.components() for gift in component.gives}
    for component in recipe.components():
        for need in sorted(component.needs - given):
            raise UsageError(
                f"{component.kind} {component.name} needs {need}, which none of generator {recipe.generator.name}, "
                f"discriminator {recipe.discriminator.name} and dataset {recipe.dataset.name} gives"
            )


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


def _component(registry: Registry, kind: str, tables: Tables, interface: type[C]) -> C:
    if kind not in tables:
        raise UsageError(f"the recipe names no {kind}: add a table [{kind}] with a name")
    return _configure(registry, kind, tables[kind], interface)


def _components(registry: Registry, kind: str, tables: Tables, interface: type[C]) -> tuple[C, ...]:
    rows: Sequence[Mapping[str, Any]] = tables.get(kind, [])
    return tuple(_configure(registry, kind, row, interface) for row in rows)


def _configure(registry: Registry, kind: str, row: Mapping[str, Any], interface: type[C]) -> C:
    options = dict(row)
    name = options.pop("name", None)
    if not isinstance(name, str):
        raise UsageError(f"recipe: the {kind} has no name")
    component = registry.get(kind, name).configure(options)
    if not isinstance(component, interface):
        raise ArtganError(f"{kind} {name} is no {interface.__name__}")
    return component


def _table(kind: type[C], key: str, tables: Tables) -> C:
    try:
        return kind.configure(tables.get(key, {}))
    except UsageError as error:
        raise UsageError(str(error).replace(f"table {kind.name}", f"recipe table {key}", 1)) from None
