"""The recipe: every choice of a run, typed, validated, read and written as TOML."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ..interfaces import Augmentation, Dataset, Discriminator, Estimator, Generator, Loss, Modality, Penalty
from ..interfaces.component import Component
from ..plugins.registry import Registry
from .settings import BaseChoice, Optimiser, Training

Tables = dict[str, Any]
SINGLE: dict[str, type[Component]] = {
    "dataset": Dataset,
    "generator": Generator,
    "discriminator": Discriminator,
    "loss": Loss,
    "estimator": Estimator,
}
SEVERAL: dict[str, type[Component]] = {"penalty": Penalty, "augmentation": Augmentation}
PLAYERS = ("generator_optimiser", "discriminator_optimiser")
PLUGINS = "plugins"
BASE = "base"
"""The table of the model that a run starts from; there is none where it begins with noise."""
FROZEN = "frozen"
"""The key in the discriminator's table of the digests of its parts that never learn."""


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
    base: BaseChoice | None = None

    def components(self) -> list[Component]:
        """Return all the components that play together."""
        single = [self.dataset, self.generator, self.discriminator, self.loss, self.estimator]
        return [*single, *self.penalties, *self.augmentations]

    @property
    def changes_from(self) -> float:
        """The share of the run until which no option changes; 1 where none ever does."""
        tables = (self.training, self.generator_optimiser, self.discriminator_optimiser)
        return min(part.changes_from for part in (*self.components(), *tables))

    def with_steps(self, steps: int) -> Recipe:
        """Return the recipe with its budget given in steps."""
        return self.with_training(steps=steps, epochs=0.0, kimg=0.0, minutes=0.0)

    def with_seed(self, seed: int) -> Recipe:
        """Return the recipe with another root of all randomness."""
        return self.with_training(seed=seed)

    def with_precision(self, precision: str) -> Recipe:
        """Return the recipe with its precision chosen, where it leaves that open."""
        if self.training.precision != "auto":
            return self
        return self.with_training(precision=precision)

    def with_training(self, **options: int | float | str) -> Recipe:
        """Return the recipe with other options of its training."""
        return replace(self, training=replace(self.training, **cast(Any, options)))

    def as_played(self) -> Recipe:
        """Return the recipe as it is played: eased as often as its training says."""
        if not (times := self.training.collapsed):
            return self
        return replace(
            self,
            discriminator=self.discriminator.eased(times),
            penalties=tuple(penalty.eased(times) for penalty in self.penalties),
            augmentations=tuple(augmentation.eased(times) for augmentation in self.augmentations),
            generator_optimiser=self.generator_optimiser.eased(times),
            discriminator_optimiser=self.discriminator_optimiser.eased(times),
        )

    def public(self) -> Recipe:
        """Return the recipe as it may be shown to anybody: paths are cut to their last part."""
        base, dataset = self.base, self.dataset
        if base:
            base = replace(base, model=Path(base.model).name)
        if isinstance(path := dataset.values().get("path"), str):
            dataset = replace(dataset, **cast(Any, {"path": Path(path).name}))
        return replace(self, dataset=dataset, base=base)

    def tables(self, registry: Registry) -> Tables:
        """Return the complete tables, as in the TOML."""

        def table(component: Component) -> Tables:
            return {"name": registry.qualified(type(component)), **component.values()}

        made_with = {name: version for name, version in self.versions(registry).items() if name != "artgan"}
        tables: Tables = {PLUGINS: made_with} if made_with else {}
        tables |= {kind: table(getattr(self, kind)) for kind in SINGLE}
        if digests := self.discriminator.frozen_digests():
            tables["discriminator"][FROZEN] = dict(digests)
        tables["penalty"] = [table(penalty) for penalty in self.penalties]
        tables["augmentation"] = [table(augmentation) for augmentation in self.augmentations]
        tables["training"] = self.training.values()
        for player in PLAYERS:
            tables[player] = getattr(self, player).values()
        if self.base:
            tables[BASE] = self.base.values()
        return tables

    def versions(self, registry: Registry) -> dict[str, str]:
        """Return the version of each distribution that a component of the recipe comes from."""
        modality = registry.get(Modality, self.dataset.modality)
        sources = [registry.source(component) for component in (*map(type, self.components()), modality)]
        return {source.distribution: source.version for source in sources}

    def to_toml(self, registry: Registry) -> str:
        """Return the complete recipe as TOML."""
        import tomli_w

        return tomli_w.dumps(self.tables(registry))


def digest(toml: str) -> str:
    """Return the SHA-256 of a recipe's TOML in hexadecimal."""
    return hashlib.sha256(toml.encode()).hexdigest()
