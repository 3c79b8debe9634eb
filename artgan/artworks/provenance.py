"""Where models come from: their run and its data, and the models that they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from ..schema import Schema, fault

MOST_BASES = 64
"""Models that a provenance names; of a longer line the farthest are left out."""

BASE: Schema = {
    "run": str,
    "step": int,
    "dataset": str,
    "licence": str,
    "source": str,
    "fingerprint": str,
    "recipe_digest": str,
    "weights_digest": str,
    "taken": str,
}
"""What a table tells of a `Base`."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """A model that another was started from or blended of. Nothing here names a person or a path.

    Attributes:
        run: the name of its run.
        step: how many steps it was trained.
        dataset: the title of the data it was trained on.
        licence: the licence of the data.
        source: where the data comes from.
        fingerprint: SHA-256 of the data.
        recipe_digest: SHA-256 of its recipe.
        weights_digest: SHA-256 of its weights, as of `artgan.artworks.model.Model.weights_digest`.
        taken: in words, what of it was taken.
    """

    run: str
    step: int
    dataset: str
    licence: str
    source: str
    fingerprint: str
    recipe_digest: str
    weights_digest: str
    taken: str

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Return the base that a table tells of, which may come from anybody.

        Raises:
            ValueError: if it tells of none.
        """
        if wrong := fault(dict(table), BASE, "a base"):
            raise ValueError(wrong)
        return cls(**{name: table[name] for name in BASE})

    def to_table(self) -> dict[str, Any]:
        """Return what files tell of it."""
        return asdict(self)


@dataclass(frozen=True)
class Provenance:
    """Where a model comes from. Nothing here names a person or a path.

    Attributes:
        run: the name of the run.
        dataset: the title of the data it was trained on.
        licence: the licence of the data.
        source: where the data comes from.
        fingerprint: SHA-256 of the data.
        versions: version by distribution: artgan, torch, numpy, pillow and the plugins that were used.
        kimg: thousands of real samples seen.
        seconds: time spent training.
        bases: the models that it was started from or blended of, and then theirs; empty for one that began with noise.
    """

    run: str
    dataset: str
    licence: str
    source: str
    fingerprint: str
    versions: Mapping[str, str]
    kimg: float
    seconds: float
    bases: tuple[Base, ...] = ()

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Return the provenance that a model file tells of, which may come from anybody.

        Raises:
            ValueError: if it tells of none.
        """
        words = {key: str(table[key]) for key in ("run", "dataset", "licence", "source", "fingerprint")}
        versions = {str(name): str(version) for name, version in table["versions"].items()}
        bases = tuple(Base.from_table(base) for base in table.get("bases", ())[:MOST_BASES])
        return cls(**words, versions=versions, kimg=float(table["kimg"]), seconds=float(table["seconds"]), bases=bases)

    def as_base(self, *, step: int, recipe_digest: str, weights_digest: str, taken: str) -> Base:
        """Return what the provenance of another model tells of the model that this is of.

        Args:
            step: how many steps the model was trained.
            recipe_digest: SHA-256 of its recipe.
            weights_digest: SHA-256 of its weights.
            taken: in words, what of it was taken.
        """
        return Base(
            run=self.run,
            step=step,
            dataset=self.dataset,
            licence=self.licence,
            source=self.source,
            fingerprint=self.fingerprint,
            recipe_digest=recipe_digest,
            weights_digest=weights_digest,
            taken=taken,
        )

    def to_table(self) -> dict[str, Any]:
        """Return what files tell of it; of bases only where there are some."""
        table = asdict(self)
        if not self.bases:
            del table["bases"]
        return table


def line_of(*lines: tuple[Base, ...]) -> tuple[Base, ...]:
    """Return bases, the nearest first, each named once."""
    named: dict[str, Base] = {}
    for base in (base for line in lines for base in line):
        named.setdefault(base.weights_digest, base)
    return tuple(named.values())[:MOST_BASES]
