"""Walks: works on the way from one to another, through the latents between them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..files import write_text
from ..interfaces import Modality, Progress
from ..interfaces.component import OptionValue
from ..schema import Schema
from . import interpolation
from .model import Model
from .origin import START, Start, are_recordable, start_from_record, stem_of_choices, stem_of_names
from .record import CREATION, MODEL, check_record, creation_record, model_record
from .work import tracked

SHEET_COLUMNS = 8

_SCHEMA: Schema = {
    **CREATION,
    "walk": {"seeds": [START], "frames": int, "path": str, "loop": bool, "frames_per_second": float},
    "truncation": float,
    "label": (int, None),
    **MODEL,
}


@dataclass(frozen=True)
class Walk:
    """All that decides a walk, but for its model and the options of sampling that this has.

    Attributes:
        stops: the works through which it leads, at least two; what the network draws at random is that of the first.
        frames: how many works there are, at least one a stop.
        path: how it leads from stop to stop, as in `artgan.artworks.interpolation`.
        loop: whether it leads back to the first stop.
        rate: works shown in a second.
        truncation: factor of the latents.
        label: index of the class; None for models that know none.
    """

    stops: tuple[Start, ...]
    frames: int
    path: str = "slerp"
    loop: bool = False
    rate: float = 24.0
    truncation: float = 1.0
    label: int | None = None

    @classmethod
    def of(
        cls,
        model: Model,
        stops: tuple[Start, ...],
        frames: int,
        *,
        path: str = "slerp",
        loop: bool = False,
        rate: float = 24.0,
        truncation: float = 1.0,
    ) -> Walk:
        """Return a walk through works of a model, in the class of the first stop."""
        return cls(
            stops=stops,
            frames=frames,
            path=path,
            loop=loop,
            rate=rate,
            truncation=truncation,
            label=model.label_at(stops[0]),
        )

    def latents(self, size: int) -> Iterator[NDArray[np.float64]]:
        """Return the latents on the way one by one, truncation included, (size,) each.

        Raises:
            ArtganError: if that of a stop is not of that size.
        """
        stops = [stop.latent(size) for stop in self.stops]
        way = interpolation.path(stops, self.frames, kind=self.path, loop=self.loop)
        return (self.truncation * latent for latent in way)

    def stem(self, changed: Mapping[str, OptionValue]) -> str:
        """Return what the walk's file is called, without its ending.

        Args:
            changed: those of the options of sampling that were chosen anew since the training.
        """
        stops = stem_of_names([stop.name for stop in self.stops])
        return f"walk-{stops}-{self.frames}{stem_of_choices(self.truncation, None, changed)}"

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it, beside what it tells of the model and its options of sampling."""
        return {
            "walk": {
                "seeds": [stop.to_record() for stop in self.stops],
                "frames": self.frames,
                "path": self.path,
                "loop": self.loop,
                "frames_per_second": self.rate,
            },
            "truncation": self.truncation,
            "label": self.label,
        }


def walk_record(walk: Walk, model: Model) -> dict[str, Any]:
    """Return the record of a walk through a model's works."""
    return {**creation_record(), **walk.to_record(), **model_record(model)}


def write_walk(model: Model, file: Path, walk: Walk, progress: Progress | None = None) -> list[str]:
    """Write a walk, its record beside it as JSON, and return its works as text where they have some.

    Args:
        model: what makes the works, with the options of sampling that they are made with.
        file: of one of the modality's endings for walks, or for sheets where it has none of these.
        walk: where it leads.
        progress: told of each work.

    Raises:
        ArtganError: if the latent of a stop is not of the generator's size, or what the network makes is not finite.
        UsageError: if this ending needs what is not installed.
    """
    modality, record, seed = model.modality, walk_record(walk, model), walk.stops[0].seed
    latents = walk.latents(model.generator.latent)
    made = (model.render_latent(latent, seed=seed, label=walk.label) for latent in latents)
    works = tracked(made, walk.frames, progress, "walking")
    if modality.walk_suffixes:
        modality.write_walk(file, works, walk.frames, walk.rate, record)
        return []

    samples = np.stack(list(works))
    modality.write_sheet(file, samples, SHEET_COLUMNS)
    write_text(file.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return modality.to_text(samples)


def is_walk(path: Path, modality: Modality) -> bool:
    """Return whether a file carries the record of a walk, whole or not, and no work's."""
    try:
        return "walk" in modality.read_walk(path)
    except ArtganError:
        return False


def read_walk(path: Path, modality: Modality) -> dict[str, Any]:
    """Return the record of a walk that moves, which may come from anybody.

    Raises:
        ArtganError: if it carries none, or it is damaged or of another format.
    """
    return checked_walk(modality.read_walk(path), path)


def checked_walk(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the record of a walk, which may come from anybody, if it is one that this artgan can read.

    Raises:
        ArtganError: if it is not.
    """
    check_record(record, _SCHEMA, path, "a walk")
    stops, truncation = tuple(map(start_from_record, record["walk"]["seeds"])), record["truncation"]
    enough = 2 <= len(stops) <= record["walk"]["frames"]
    if not (are_recordable(stops) and enough and 0 < truncation < math.inf):
        raise ArtganError(f"{path}: its record has seeds, frames or a truncation out of range")
    return record
