"""The model that a run starts from, by its header: its recipe, its size, where it comes from."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..artworks import model_file
from ..artworks.model import spec_of
from ..artworks.places import HERE, model_place, models_in
from ..artworks.provenance import Base, Provenance
from ..errors import ArtganError, one_line, printable
from ..interfaces import Spec
from .checkpoint import MANIFEST, TRAINING, verify


@dataclass(frozen=True)
class BaseModel:
    """A model that a run can start from, of which no more than the header was read.

    Attributes:
        place: the file or folder that was given.
        file: the model's file.
        training: the file of networks and optimisers of the same step; None where there is the generator alone.
        recipe: the tables of its recipe.
        spec: what its networks are sized by.
        step: how many steps it was trained.
        provenance: where it comes from.
        recipe_digest: SHA-256 of its recipe.
        weights_digest: SHA-256 of its weights, as its header tells.
    """

    place: Path
    file: Path
    training: Path | None
    recipe: Mapping[str, Any]
    spec: Spec
    step: int
    provenance: Provenance
    recipe_digest: str
    weights_digest: str

    @property
    def name(self) -> str:
        """What it is called in what is told of it."""
        return printable(self.provenance.run) or self.place.name

    def as_base(self, taken: str) -> Base:
        """Return what the provenance of another model tells of it.

        Args:
            taken: in words, what of it was taken.
        """
        return self.provenance.as_base(
            step=self.step, recipe_digest=self.recipe_digest, weights_digest=self.weights_digest, taken=taken
        )


def find_base(place: Path, out: Path = HERE, report: Callable[[str], None] = lambda line: None) -> BaseModel:
    """Return the model that a person means to start from: a model's file, or the newest of a run or a gallery's folder.

    Args:
        place: a file, a folder, or a name in ``runs`` or ``gallery``.
        out: the folder that holds these two.
        report: told in one line of each checkpoint that had to be passed over.

    Raises:
        UsageError: if there is none.
        ArtganError: if it is damaged or no model.
    """
    found = model_place(place, out)
    if found.is_file():
        return _read(found, found, None)
    for file in models_in(found):
        if not (file.parent / MANIFEST).is_file():
            return _read(found, file, None)
        if not (fault := verify(file.parent)):
            return _read(found, file, file.parent / TRAINING)
        report(f"checkpoint {file.parent.name} is damaged ({fault}); looking for an older one")
    raise ArtganError(f"{place} has no valid checkpoint to start from")


def _read(place: Path, file: Path, training: Path | None) -> BaseModel:
    header = model_file.read_header(file)
    try:
        toml = header["recipe"]
        return BaseModel(
            place=place,
            file=file,
            training=training,
            recipe=tomllib.loads(toml),
            spec=spec_of(header["spec"]),
            step=int(header["step"]),
            provenance=Provenance.from_table(header["provenance"]),
            recipe_digest=hashlib.sha256(toml.encode()).hexdigest(),
            weights_digest=str(header["weights_digest"]),
        )
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ArtganError(f"{file} is damaged or no model of artgan's: {one_line(error)}") from error
