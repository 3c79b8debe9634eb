"""Directions: lines in latent space along which works change in one respect, and moves along them."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError, did_you_mean
from ..schema import Schema, fault
from . import model_file

REACH = 3.0
"""How far strips and sliders go to either side."""

MOST_DIRECTIONS = 32
LARGEST_MOVE = 10.0
LONGEST_NAME = 32
LIKE = 0.9
"""The cosine from which two directions are one for those who named it."""
MAX_STEM = 60
"""Characters of moves in the name of a file."""

MOVES: Schema = [{"name": str, "by": float, "direction": [float]}]
"""What a record tells of moves: all that is needed to make them again, whatever directions a model then has."""

_NAME = re.compile(rf"[^\W\d_][\w-]{{0,{LONGEST_NAME - 1}}}")
_TABLE: Schema = {"name": str, "change": float, "vector": [float]}


@dataclass(frozen=True)
class Direction:
    """A line in latent space.

    Attributes:
        vector: its step, (latent,), of length 1; decimals of six places, so that every language reads the same numbers.
        change: how much pictures change along it, where random directions of the same length change them by 1.
        name: what a person called it; empty where nobody has.
        layers: those that alone follow, by number, where the generator's layers each take a style; empty for all.
    """

    vector: tuple[float, ...]
    change: float
    name: str = ""
    layers: tuple[int, ...] = ()

    def to_table(self) -> dict[str, Any]:
        """Return what a model's file tells of it."""
        told = {"vector": list(self.vector), "change": self.change, "name": self.name}
        return told | ({"layers": list(self.layers)} if self.layers else {})


@dataclass(frozen=True)
class Move:
    """A step along a direction.

    Attributes:
        name: of the direction, or its number where it has none.
        by: how far, in steps of length 1.
        vector: the direction's, (latent,).
        layers: the direction's; empty for all.
    """

    name: str
    by: float
    vector: tuple[float, ...]
    layers: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """What it is called in the name of a file, where a number alone would say nothing."""
        return f"direction-{self.name}" if self.name.isdecimal() else self.name

    def step(self, size: int) -> NDArray[np.float64]:
        """Return what it adds to a latent, (size,).

        Raises:
            ArtganError: if the direction is not of that size.
        """
        if len(self.vector) != size:
            raise ArtganError(f"a direction in the record has {len(self.vector)} numbers, and this model takes {size}")
        return self.by * np.array(self.vector, np.float64)

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it."""
        told = {"name": self.name, "by": self.by, "direction": list(self.vector)}
        return told | ({"layers": list(self.layers)} if self.layers else {})


def moves_from_record(told: Sequence[Mapping[str, Any]]) -> tuple[Move, ...]:
    """Return the moves that a record tells of, which must be of the schema `MOVES`.

    Raises:
        ArtganError: if one is of layers that cannot be.
    """
    if any(fault(move.get("layers", []), [int]) for move in told):
        raise ArtganError("its record has a move of layers that are no numbers")
    return tuple(
        Move(move["name"], float(move["by"]), tuple(map(float, move["direction"])), tuple(move.get("layers", [])))
        for move in told
    )


def stem_of_moves(moves: Sequence[Move]) -> str:
    """Return what the names of files tell of moves; nothing where there are none."""
    told = "".join(f"-{move.label}-{move.by}" for move in moves)
    if len(told) <= MAX_STEM:
        return told
    return f"-{len(moves)}-moves-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def find_direction(directions: Sequence[Direction], wanted: str) -> int:
    """Return the place of the direction that is meant by its name, or by its number from 1 on.

    Raises:
        UsageError: if there is none such; names the closest.
    """
    names = [direction.name for direction in directions]
    if wanted in names and wanted:
        return names.index(wanted)
    if wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted) <= len(directions):
        return int(wanted) - 1
    known = [name or str(number) for number, name in enumerate(names, start=1)]
    raise UsageError(f"no direction is called {wanted!r}{did_you_mean(wanted, known)}")


def move_along(directions: Sequence[Direction], wanted: str, by: float) -> Move:
    """Return a move along the direction that is meant, as `find_direction`.

    Raises:
        UsageError: if there is no such direction, or it leads too far.
    """
    place = find_direction(directions, wanted)
    if not abs(by) <= LARGEST_MOVE:
        raise UsageError(f"{wanted}={by:g} is out of range (-{LARGEST_MOVE:g} to {LARGEST_MOVE:g})")
    found = directions[place]
    return Move(found.name or str(place + 1), float(by), found.vector, found.layers)


def renamed(directions: Sequence[Direction], names: Mapping[str, str]) -> tuple[Direction, ...]:
    """Return directions of which some have other names.

    Args:
        directions: all of them.
        names: the new name by the number or the old name; empty to take the name away.

    Raises:
        UsageError: if there is no such direction, or a name cannot be one, or is that of two.
    """
    changed = list(directions)
    check_names(names.values())
    for wanted, name in names.items():
        place = find_direction(directions, wanted)
        changed[place] = replace(changed[place], name=name)
    given = [direction.name for direction in changed if direction.name]
    if twice := sorted({name for name in given if given.count(name) > 1}):
        raise UsageError(f"two directions cannot both be called {twice[0]}")
    return tuple(changed)


def with_names(directions: Sequence[Direction], known: Sequence[Direction]) -> tuple[Direction, ...]:
    """Return directions with the names of those that were known before, where they lead the same way or back.

    One that leads back is turned, so that works go on to move along it as they did.
    """
    named = list(directions)
    for before in (direction for direction in known if direction.name):
        likeness = [
            float(np.dot(direction.vector, before.vector)) if direction.layers == before.layers else 0.0
            for direction in named
        ]
        place = int(np.argmax(np.abs(likeness)))
        if abs(likeness[place]) >= LIKE and not named[place].name:
            turned = math.copysign(1.0, likeness[place])
            vector = tuple(turned * number + 0.0 for number in named[place].vector)
            named[place] = replace(named[place], vector=vector, name=before.name)
    return tuple(named)


def check_names(names: Iterable[str]) -> None:
    """Check that directions can be called so; an empty name is none.

    Raises:
        UsageError: if one cannot.
    """
    for name in names:
        if name and not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be the name of a direction: give a letter, then letters, digits, - and _, "
                f"{LONGEST_NAME} at most"
            )


def directions_from_header(told: object, size: int) -> tuple[Direction, ...]:
    """Return the directions that a model's file tells of, which may come from anybody.

    Args:
        told: a list of tables.
        size: numbers in a latent.

    Raises:
        ValueError: if they cannot be.
    """
    if wrong := fault(told, [_TABLE], "its directions"):
        raise ValueError(wrong)
    assert isinstance(told, list)
    if wrong := fault([table.get("layers", []) for table in told], [[int]], "its directions' layers"):
        raise ValueError(wrong)
    found = tuple(
        Direction(
            tuple(map(float, table["vector"])), float(table["change"]), table["name"], tuple(table.get("layers", []))
        )
        for table in told
    )
    lengths = [math.hypot(*direction.vector) for direction in found]
    whole = all(len(direction.vector) == size for direction in found) and all(0.9 < length < 1.1 for length in lengths)
    if len(found) > MOST_DIRECTIONS or not whole:
        raise ValueError(f"its directions are not steps of length 1 of {size} numbers, or too many")
    names = [direction.name for direction in found if direction.name]
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise ValueError("its directions have names that cannot be theirs")
    return found


def directions_in(files: Iterable[Path], size: int) -> tuple[Direction, ...]:
    """Return the directions of the first model's file that tells of some; none where no file does.

    Args:
        files: there or not, whole or not.
        size: numbers in a latent.
    """
    for file in files:
        try:
            found = directions_from_header(model_file.read_header(file).get("directions", []), size)
        except (ArtganError, ValueError):
            continue
        if found:
            return found
    return ()
