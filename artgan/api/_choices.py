"""What a person says of works, as a model takes it: a class by name, works by seeds and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..artworks.direction import Move
    from ..artworks.model import Model
    from ..artworks.origin import Start
    from ..artworks.styles import Mix

SEEDS = 2**64
"""How many seeds there are."""

LARGEST_TRUNCATION = 10


def check_seeds(first: int, count: int, *, most: int, option: str, what: str = "works", ends: str = "seeds") -> None:
    """Check that there are so many seeds from the first on.

    Args:
        first: the first seed.
        count: how many are asked for.
        most: how many may be.
        option: how the first is given.
        what: what is made of them, in the plural.
        ends: what ends where seeds do.

    Raises:
        UsageError: if there are not, or too many or none are asked for.
    """
    if not 1 <= count <= most:
        raise UsageError(f"{count:,} {what} cannot be made at once: ask for 1 to {most:,}")
    if not 0 <= first < SEEDS:
        raise UsageError(f"{option} {first} is out of range (0 to {SEEDS - 1})")
    if first + count > SEEDS:
        raise UsageError(f"{option} {first} leaves no room for {count} {what}: {ends} end at {SEEDS - 1}")


def check_truncation(truncation: float) -> None:
    """Check that a truncation is in range.

    Raises:
        UsageError: if it is not.
    """
    if not 0 < truncation <= LARGEST_TRUNCATION:
        raise UsageError(f"--truncation {truncation} is out of range (above 0, at most {LARGEST_TRUNCATION})")


def label_of(wanted: str | None, model: Model) -> int | None:
    """Return the index of the class that is meant by its name or number; None where none is asked for.

    Raises:
        UsageError: if there is none such.
    """
    if wanted is None:
        return None
    if not model.classes:
        raise UsageError(f"--class {wanted}: generator {model.generator.name} of this run makes no classes apart")
    if wanted in model.classes:
        return model.classes.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(model.classes):
        return int(wanted)
    known = ", ".join(f"{name} ({number})" for number, name in enumerate(model.classes))
    raise UsageError(f"--class {wanted} is no class of this run; there are: {known}")


def moves_of(wanted: Mapping[str, float], model: Model) -> tuple[Move, ...]:
    """Return the moves along the directions that are meant by their names or numbers, without those by nothing.

    Args:
        wanted: how far, in steps of length 1, by direction.
        model: whose directions.

    Raises:
        UsageError: if there is no such direction, a move leads too far, or they do not fit into a record.
    """
    from ..artworks.direction import move_along
    from ..artworks.leading_directions import check_has_directions
    from ..artworks.origin import moves_are_recordable

    if not wanted:
        return ()
    check_has_directions(model)
    if not model.directions:
        raise UsageError("directions of this model were not looked for yet: artgan directions finds them")
    moves = tuple(move_along(model.directions, name, by) for name, by in wanted.items() if by)
    if len({(move.vector, move.layers) for move in moves}) < len(moves):
        raise UsageError("a direction is named twice, by its name and by its number: give one")
    if not moves_are_recordable(moves):
        raise UsageError("moves along so many directions do not fit into a record: give fewer")
    return moves


@dataclass(frozen=True, kw_only=True)
class MixRequest:
    """Styles that are mixed into works.

    Attributes:
        seeds: of whose works the styles are: one, or several, each of which makes a work of its own.
        layers: ``coarse``, ``middle`` or ``fine``, a layer's number, or the first and the last as in ``3-6``; several
            are joined by commas.
    """

    seeds: tuple[int, ...]
    layers: str

    def __post_init__(self) -> None:
        if not self.seeds or not all(0 <= seed < SEEDS for seed in self.seeds):
            raise UsageError(f"--mix takes styles of seeds, which are 0 to {SEEDS - 1}")


def mixes_of(wanted: Sequence[MixRequest], model: Model) -> list[tuple[Mix, ...]]:
    """Return the mixes of which each work is to be made: one of them, or one for each seed where one names several.

    Raises:
        UsageError: if the generator has no styles, or not such layers, a layer is to take two, or two requests name
            several seeds.
    """
    from ..artworks.styles import Mix, layers_of

    if not wanted:
        return [()]
    if not model.style_layers:
        raise UsageError(
            f"styles are mixed of generators that have some, and generator {model.generator.name} of this run has none"
        )
    layers = [layers_of(each.layers, model.style_layers) for each in wanted]
    taken: set[int] = set()
    for own in layers:
        if twice := taken.intersection(own):
            raise UsageError(f"--mix gives layer {min(twice)} two styles: give each layer one")
        taken.update(own)
    if sum(len(each.seeds) > 1 for each in wanted) > 1:
        raise UsageError("two options --mix name several seeds: a table has one for its columns")
    choices = [[Mix(seed, own) for seed in each.seeds] for each, own in zip(wanted, layers, strict=True)]
    return list(product(*choices))


def starts_of(given: Iterable[int | Path], model: Model) -> tuple[Start, ...]:
    """Return what is meant by seeds and by files of works of this very model.

    Raises:
        UsageError: if there is no such file.
        ArtganError: if a file is no work of this model.
    """
    from ..artworks.origin import SeedStart
    from ..artworks.work import start_from

    return tuple(start_from(each, model) if isinstance(each, Path) else SeedStart(each) for each in given)
