"""Walks: works on the way from one to another, through the latents between them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
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
from .direction import MOVES, Move, moves_from_record, stem_of_moves
from .latents import latents
from .model import Model
from .origin import (
    START,
    Start,
    are_recordable,
    moves_are_recordable,
    start_from_record,
    stem_of_choices,
    stem_of_names,
)
from .record import CREATION, MODEL, check_record, creation_record, model_record
from .styles import StyleChanges
from .work import tracked

SHEET_COLUMNS = 8
SMALL, ENLARGED = 48, 768
"""Works of at most so many pixels a side are enlarged in a grid, by a whole number, until it has about so many."""

_SCHEMA: Schema = {
    **CREATION,
    "walk": {
        "seeds": [START],
        "frames": int,
        "path": str,
        "loop": bool,
        "frames_per_second": float,
        "along": MOVES,
        "moves": MOVES,
        "grid": [int],
        "ease": bool,
        "hold": float,
    },
    "truncation": float,
    "label": (int, None),
    **MODEL,
}


_ADDED: dict[str, Any] = {"along": [], "moves": [], "grid": [1, 1], "ease": False, "hold": 0.0}
"""What a record does not tell where it is usual."""


@dataclass(frozen=True)
class Walk:
    """All that decides a walk, but for its model and the options of sampling that this has.

    Attributes:
        stops: the works through which it leads, at least two, or one along a direction or through noise, for each work
            that is shown at once; what the network draws at random is that of the first.
        frames: how many works there are, at least one a stop.
        path: how it leads from stop to stop, as in `artgan.artworks.interpolation`.
        loop: whether it leads back to the first stop.
        rate: works shown in a second.
        truncation: factor of the latents.
        label: index of the class; None for models that know none. Each work of a grid but the first has its own.
        along: the direction that it leads along, from so far below its one stop to so far above; or None.
        moves: along directions, of every work on the way.
        grid: columns and rows of works that are shown at once.
        ease: whether it goes slowly where a stop is near.
        hold: seconds for which each stop stays.
    """

    stops: tuple[Start, ...]
    frames: int
    path: str = "slerp"
    loop: bool = False
    rate: float = 24.0
    truncation: float = 1.0
    label: int | None = None
    along: Move | None = None
    moves: tuple[Move, ...] = ()
    grid: tuple[int, int] = (1, 1)
    ease: bool = False
    hold: float = 0.0

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

    @property
    def cells(self) -> list[tuple[Start, ...]]:
        """The stops of each of the works that are shown at once, row by row."""
        each = len(self.stops) // (self.grid[0] * self.grid[1])
        return [self.stops[at : at + each] for at in range(0, len(self.stops), each)]

    def latents(self, size: int, cell: int = 0) -> Iterator[NDArray[np.float64]]:
        """Return the latents on the way one by one, truncation and moves included, (size,) each.

        Args:
            size: numbers in a latent.
            cell: the place in `cells` of the work whose latents they are.

        Raises:
            ArtganError: if that of a stop, or a direction, is not of that size.
        """
        moved = self.moved(size)
        return (latent + moved for latent in self._latents(size, cell))

    def moved(self, size: int) -> NDArray[np.float64]:
        """Return what the moves add to each latent, (size,).

        Raises:
            ArtganError: if a direction is not of that size.
        """
        return sum((move.step(size) for move in self.moves if not move.layers), np.zeros(size))

    def style_changes(self) -> Iterator[StyleChanges]:
        """Return what gives layers other styles than the latents on the way do, for each of these."""
        moves = tuple(move for move in self.moves if move.layers)
        if not (self.along and self.along.layers):
            return repeat(StyleChanges(moves=moves))
        ends, hold = [np.array([-self.along.by]), np.array([self.along.by])], round(self.hold * self.rate)
        way = interpolation.path(ends, self.frames, kind=interpolation.LINE, loop=self.loop, ease=self.ease, hold=hold)
        return (StyleChanges(moves=(*moves, replace(self.along, by=float(by[0])))) for by in way)

    def _latents(self, size: int, cell: int) -> Iterator[NDArray[np.float64]]:
        """Return the latents as `latents`, before they are moved."""
        own, hold = self.cells[cell], round(self.hold * self.rate)
        stops = [self.truncation * stop.latent(size) for stop in own]
        if self.path == interpolation.NOISE:
            drawn = latents(own[0].seed, size * (1 + 2 * len(interpolation.ROUNDS))).astype(np.float64)
            waves = self.truncation * drawn.reshape(-1, size)[1:]
            return interpolation.noise_loop(stops[0], list(waves), self.frames, ease=self.ease, hold=hold)
        if self.along:
            step = self.along.step(size) if not self.along.layers else np.zeros(size)
            stops = [stops[0] - step, stops[0] + step]
        return interpolation.path(stops, self.frames, kind=self.path, loop=self.loop, ease=self.ease, hold=hold)

    def stem(self, changed: Mapping[str, OptionValue]) -> str:
        """Return what the walk's file is called, without its ending.

        Args:
            changed: those of the options of sampling that were chosen anew since the training.
        """
        stops = stem_of_names([stop.name for stop in self.stops])
        along = f"-along-{self.along.label}" if self.along else ""
        shown = f"-{self.grid[0]}x{self.grid[1]}" if self.grid != (1, 1) else ""
        noise = "-noise" if self.path == interpolation.NOISE else ""
        choices = stem_of_choices(self.truncation, None, changed) + stem_of_moves(self.moves)
        return f"walk-{stops}-{self.frames}{along}{noise}{shown}{choices}"

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it, beside what it tells of the model and its options of sampling."""
        own = {
            "along": [self.along.to_record()] if self.along else [],
            "moves": [move.to_record() for move in self.moves],
            "grid": list(self.grid),
            "ease": self.ease,
            "hold": self.hold,
        }
        return {
            "walk": {
                "seeds": [stop.to_record() for stop in self.stops],
                "frames": self.frames,
                "path": self.path,
                "loop": self.loop,
                "frames_per_second": self.rate,
                **{name: value for name, value in own.items() if value != _ADDED[name]},
            },
            "truncation": self.truncation,
            "label": self.label,
        }


def walk_record(walk: Walk, model: Model) -> dict[str, Any]:
    """Return the record of a walk through a model's works."""
    return {**creation_record(), **walk.to_record(), **model_record(model)}


def walk_works(model: Model, walk: Walk) -> Iterator[NDArray[Any]]:
    """Yield the compact sample of each work on the way, or of all that are shown at once, side by side.

    Raises:
        ArtganError: as for `write_walk`.
    """
    ways = [_cell_works(model, walk, cell) for cell in range(len(walk.cells))]
    columns, _ = walk.grid
    for works in zip(*ways, strict=True):
        if len(works) == 1:
            yield works[0]
            continue
        rows = [np.concatenate(works[at : at + columns], axis=-1) for at in range(0, len(works), columns)]
        yield _enlarged(np.concatenate(rows, axis=-2), max(works[0].shape[-2:]))


def _enlarged(grid: NDArray[Any], side: int) -> NDArray[Any]:
    """Return pictures side by side, (C, H, W), with hard edges where the longer side of each has so few pixels."""
    factor = max(1, ENLARGED // max(grid.shape[-2:])) if side <= SMALL else 1
    return grid.repeat(factor, axis=-2).repeat(factor, axis=-1)


def _cell_works(model: Model, walk: Walk, cell: int) -> Iterator[NDArray[Any]]:
    first = walk.cells[cell][0]
    label = walk.label if cell == 0 else model.label_at(first)
    for latent, changes in zip(walk.latents(model.generator.latent, cell), walk.style_changes(), strict=False):
        yield model.render_latent(latent, seed=first.seed, label=label, changes=changes)


@dataclass(frozen=True)
class WrittenWalk:
    """What was written of a walk beside its file.

    Attributes:
        texts: its works as text, where they have some.
        beside: other files, as the modality has them.
    """

    texts: Sequence[str] = ()
    beside: Sequence[Path] = ()


def write_walk(model: Model, file: Path, walk: Walk, progress: Progress | None = None) -> WrittenWalk:
    """Write a walk, its record beside it as JSON.

    Args:
        model: what makes the works, with the options of sampling that they are made with.
        file: of one of the modality's endings for walks, or for sheets where it has none of these.
        walk: where it leads.
        progress: told of each work.

    Raises:
        ArtganError: if the latent of a stop is not of the generator's size, or what the network makes is not finite.
        UsageError: if this ending needs what is not installed.
    """
    modality, record = model.modality, walk_record(walk, model)
    works = tracked(walk_works(model, walk), walk.frames, progress, "walking")
    if modality.walk_suffixes:
        modality.write_walk(file, works, walk.frames, walk.rate, record)
        return WrittenWalk()

    samples = np.stack(list(works))
    modality.write_sheet(file, samples, SHEET_COLUMNS)
    write_text(file.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return WrittenWalk(modality.to_text(samples), modality.write_beside_walk(file, samples))


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
    told = record.get("walk")
    whole = record | ({"walk": _ADDED | told} if isinstance(told, dict) else {})
    check_record(whole, _SCHEMA, path, "a walk")

    stops, truncation, walk = tuple(map(start_from_record, whole["walk"]["seeds"])), record["truncation"], whole["walk"]
    fewest = 1 if walk["along"] or walk["path"] == interpolation.NOISE else 2
    in_range = are_recordable(stops) and moves_are_recordable(moves_from_record(walk["along"] + walk["moves"]))
    enough = len(stops) >= fewest and walk["frames"] >= 2
    if not (in_range and enough and 0 < truncation < math.inf):
        raise ArtganError(f"{path}: its record has seeds, frames or a truncation out of range")
    return record
