"""Where a work comes from: all that decides what a model makes, as its record tells it.

A work comes from a seed, from two parents, or from a latent of its own, such as a projection found. Parents, and the
stops of a walk, are `Start`: the works of seeds, and works that came as files.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces.component import OptionValue
from ..schema import Schema
from .direction import MOVES, Move, moves_from_record, stem_of_moves
from .latents import LARGEST_SEED, child, latents
from .styles import MIXES, Mix, StyleChanges, mixes_from_record, stem_of_mixes

LARGEST_LATENT = 8192
"""Numbers of latents that fit into a record."""

LONGEST_IN_A_NAME = 16
"""Letters and digits of an option that a file's name tells as they are."""
MAX_STEM = 120
"""Characters of works' names in that of a file; file systems take 255 bytes in all."""

LARGEST_FLOAT32 = float(np.finfo(np.float32).max)

START: Schema = (int, {"seed": int, "label": (int, None), "pixels": str, "latent": [float]})
ORIGIN: Schema = {
    "seed": int,
    "parents": [START],
    "latent": [float],
    "picture": str,
    "truncation": float,
    "moves": MOVES,
    "mixes": MIXES,
    "label": (int, None),
}
"""What a record tells of a work's origin, but for ``sampling``, which stands with what it tells of the model."""


@dataclass(frozen=True)
class SeedStart:
    """The work of a seed, of which others start.

    Attributes:
        seed: 0 to 2^64 - 1.
    """

    seed: int

    @property
    def name(self) -> str:
        """What it is called in the names of files."""
        return str(self.seed)

    def latent(self, size: int) -> NDArray[np.float64]:
        """Return its latent, (size,)."""
        return latents(self.seed, size).astype(np.float64)

    def to_record(self) -> int:
        """Return what a record tells of it."""
        return self.seed


@dataclass(frozen=True)
class WorkStart:
    """A work that came as a file, of which others start.

    Attributes:
        seed: what a network draws at random comes from it.
        label: index of its class; None for models that know none.
        pixels: SHA-256 of its sample.
        own_latent: what it was made of, its truncation included.
    """

    seed: int
    label: int | None
    pixels: str
    own_latent: tuple[float, ...]

    @property
    def name(self) -> str:
        """What it is called in the names of files."""
        return f"work-{self.pixels[:8]}"

    def latent(self, size: int) -> NDArray[np.float64]:
        """Return its latent, (size,).

        Raises:
            ArtganError: if it is not of that size.
        """
        if len(self.own_latent) != size:
            raise ArtganError(f"a latent in the record has {len(self.own_latent)} numbers, and this model takes {size}")
        return np.array(self.own_latent, np.float64)

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it."""
        return {"seed": self.seed, "label": self.label, "pixels": self.pixels, "latent": list(self.own_latent)}


Start = SeedStart | WorkStart


def start_from_record(told: int | Mapping[str, Any]) -> Start:
    """Return the start that a record tells of, which must be of the schema `START`."""
    if isinstance(told, int):
        return SeedStart(told)
    return WorkStart(told["seed"], told["label"], told["pixels"], tuple(told["latent"]))


def are_recordable(starts: Sequence[Start]) -> bool:
    """Return whether starts, which may come from anybody, are in range, and their latents fit into one record."""
    numbers = [number for start in starts if isinstance(start, WorkStart) for number in start.own_latent]
    seeds = all(0 <= start.seed <= LARGEST_SEED for start in starts)
    return seeds and len(numbers) <= LARGEST_LATENT and all(abs(number) <= LARGEST_FLOAT32 for number in numbers)


def moves_are_recordable(moves: Sequence[Move]) -> bool:
    """Return whether moves, which may come from anybody, are in range, and their directions fit into one record."""
    numbers = [number for move in moves for number in (move.by, *move.vector)]
    return len(numbers) <= LARGEST_LATENT and all(abs(number) <= LARGEST_FLOAT32 for number in numbers)


@dataclass(frozen=True)
class Origin:
    """All that decides a work, but for the weights of its model. Two works of one origin and model are the same.

    Attributes:
        seed: of the work; with parents, the number of their child; what a network draws at random comes from it.
        parents: two, or none.
        own_latent: the latent of a work that has neither a seed's nor its parents', float32 numbers; else empty.
        picture: SHA-256 of the real sample that this latent was sought for; else empty.
        truncation: factor of the latent; below 1 for more typical works.
        label: index of the class; None for models that know none.
        sampling: the generator's options of sampling.
        moves: along directions, from where truncation leads.
        mixes: layers that take the styles of other seeds.
    """

    seed: int
    parents: tuple[Start, ...] = ()
    own_latent: tuple[float, ...] = ()
    picture: str = ""
    truncation: float = 1.0
    label: int | None = None
    sampling: Mapping[str, OptionValue] = field(default_factory=dict, hash=False)
    moves: tuple[Move, ...] = ()
    mixes: tuple[Mix, ...] = ()

    def latent(self, size: int) -> NDArray[np.float64]:
        """Return the latent that the work is made of, with truncation and moves, (size,); an own one has its own size.

        Moves of some layers alone are among its `style_changes`.

        Raises:
            ArtganError: if a parent's latent or a move's direction is not of that size.
        """
        if self.own_latent:
            latent = np.array(self.own_latent, np.float32).astype(np.float64)
        elif self.parents:
            first, second = self.parents
            latent = child(first.latent(size), second.latent(size), self.seed)
        else:
            latent = latents(self.seed, size).astype(np.float64)
        latent = latent * float(self.truncation)
        for move in self.moves:
            if not move.layers:
                latent = latent + move.step(len(latent))
        return latent

    def style_changes(self) -> StyleChanges:
        """Return what gives layers other styles than its latent does."""
        moves = tuple(move for move in self.moves if move.layers)
        return StyleChanges(self.mixes, float(self.truncation), moves)

    def stem(self, changed: Mapping[str, OptionValue]) -> str:
        """Return what the work's file is called, without its ending.

        Args:
            changed: those of the options of sampling that were chosen anew since the training.
        """
        if self.own_latent:
            sought = f"projection-{self.picture[:8]}" if self.picture else "latent"
            own = f"{sought}-{digest(np.array(self.own_latent, np.float32))[:8]}"
        elif self.parents:
            own = f"child-{self.seed:08d}-of-{'-and-'.join(parent.name for parent in self.parents)}"
        else:
            own = f"seed-{self.seed:08d}"
        choices = stem_of_choices(self.truncation, self.label, changed)
        return own + choices + stem_of_moves(self.moves) + stem_of_mixes(self.mixes)

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it, but for ``sampling``, which stands with what it tells of the model.

        Moves and mixes are told where there are some, so that the record of a seed stays as it has always been.
        """
        told: dict[str, Any] = {
            "seed": self.seed,
            "parents": [parent.to_record() for parent in self.parents],
            "latent": list(self.own_latent),
            "picture": self.picture,
            "truncation": self.truncation,
            "label": self.label,
        }
        moves, mixes = ([each.to_record() for each in more] for more in (self.moves, self.mixes))
        return told | ({"moves": moves} if moves else {}) | ({"mixes": mixes} if mixes else {})

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Origin:
        """Return the origin that a work's record tells of.

        Args:
            record: of the schema `ORIGIN`, with ``sampling``; it may come from anybody.

        Raises:
            ArtganError: if what it tells cannot be.
        """
        latent, parents = record["latent"], tuple(map(start_from_record, record["parents"]))
        moves = moves_from_record(record.get("moves", []))
        if not 0 <= record["seed"] <= LARGEST_SEED or not 0 < record["truncation"] < math.inf:
            raise ArtganError("its record has a seed or truncation out of range")
        if len(parents) not in (0, 2):
            raise ArtganError(f"its record tells of {len(parents)} parents, and a work has two or none")
        if not are_recordable(parents):
            raise ArtganError("its record has a parent out of range")
        if len(latent) > LARGEST_LATENT or any(abs(number) > LARGEST_FLOAT32 for number in latent):
            raise ArtganError("the latent in its record is out of range")
        if not moves_are_recordable(moves):
            raise ArtganError("its record has a move along a direction out of range")
        if latent and parents:
            raise ArtganError("its record has parents and a latent of its own, and a work has one or neither")

        return cls(
            seed=record["seed"],
            parents=parents,
            own_latent=tuple(latent),
            picture=record["picture"],
            truncation=record["truncation"],
            label=record["label"],
            sampling=record["sampling"],
            moves=moves,
            mixes=mixes_from_record(record.get("mixes", [])),
        )


def stem_of_names(names: Sequence[str]) -> str:
    """Return works' names for that of a file: all of them, or of many the first, how many more, and a digest of all."""
    joined = "-".join(names)
    if len(joined) <= MAX_STEM:
        return joined
    return f"{names[0]}-and-{len(names) - 1}-more-{hashlib.sha256(joined.encode()).hexdigest()[:8]}"


def stem_of_choices(truncation: float, label: int | None, changed: Mapping[str, OptionValue]) -> str:
    """Return what the names of files tell of how works were made, beyond their seeds; nothing for what is usual."""
    psi = "" if truncation == 1 else f"-psi-{truncation}"
    of_class = "" if label is None else f"-class-{label}"
    return psi + of_class + "".join(f"-{name}-{_in_a_name(value)}" for name, value in changed.items())


def _in_a_name(value: OptionValue) -> str:
    """Return a value as a part of a file's name: words by their digest, since they may hold anything."""
    shown = str(value)
    plain = not isinstance(value, str) or (shown.isascii() and shown.isalnum() and len(shown) <= LONGEST_IN_A_NAME)
    return shown if plain else hashlib.sha256(shown.encode()).hexdigest()[:8]


def digest(values: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's values, in hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
