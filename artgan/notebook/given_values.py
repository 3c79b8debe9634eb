"""What a person gives in Python, checked and turned into what works are made of."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api._choices import MixRequest, check_seeds, check_truncation, label_of, mixes_of, moves_of
from ..errors import UsageError
from .works import Work

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ..artworks.model import Model
    from ..artworks.origin import Origin, Start

StartGiven = int | str | Path | Work
"""A work that others start from: by its seed, by its file, or itself."""


def given_origin(
    model: Model,
    seed: int,
    *,
    truncation: float = 1.0,
    label: str | int | None = None,
    latent: ArrayLike | None = None,
    moves: Mapping[int | str, float] | None = None,
    mix: Mapping[int, int | str] | None = None,
) -> Origin:
    """Return where the work of a seed, or of a latent, comes from.

    Raises:
        UsageError: if a number is out of range, there is no such class, direction or layer, or the latent is of
            another size, not finite, or too long for a record.
    """
    check_truncation(truncation)
    own = () if latent is None else _given_latent(latent, model.generator.latent)
    along = moves_of(given_moves(moves), model)
    wanted = [MixRequest(seeds=(given_seed(other),), layers=str(layers)) for other, layers in (mix or {}).items()]
    origin = model.origin(
        given_seed(seed),
        truncation=float(truncation),
        label=given_label(label, model),
        moves=along,
        mixes=mixes_of(wanted, model)[0],
    )
    return replace(origin, own_latent=own)


def given_seed(seed: int) -> int:
    """Return a seed as a whole number of Python's.

    Raises:
        UsageError: if it is none, or out of range.
    """
    try:
        number = operator.index(seed)
    except TypeError:
        raise UsageError(f"{seed!r} is no seed: give a whole number") from None
    check_seeds(number, 1, most=1, option="seed")
    return number


def given_label(label: str | int | None, model: Model) -> int | None:
    """Return the index of a class by its name or number.

    Raises:
        UsageError: if there is no such class.
    """
    return label_of(None if label is None else str(label), model)


def given_moves(moves: Mapping[int | str, float] | None) -> dict[str, float]:
    """Return how far along directions, by their names or numbers in writing."""
    return {str(name): float(by) for name, by in (moves or {}).items()}


def given_work(start: StartGiven, model: Model) -> int | Work:
    """Return the seed or the work that is meant; a file is read.

    Raises:
        UsageError: if a seed is out of range.
        ArtganError: if a file is no work.
    """
    from ..artworks.work import read_work

    if isinstance(start, Work):
        return start
    if not isinstance(start, str | Path):
        return given_seed(start)
    read = read_work(Path(start), model.modality)
    return Work(model, read.path.name, read.sample, read.record)


def as_start(given: int | Work, model: Model) -> Start:
    """Return what others start from.

    Raises:
        ArtganError: if another model made it.
    """
    from ..artworks.origin import SeedStart

    return SeedStart(given) if isinstance(given, int) else given.start(model)


def given_picture(sample: NDArray[Any], model: Model) -> NDArray[Any]:
    """Return a compact sample that is given as an array, checked.

    Raises:
        UsageError: if the model makes no such samples.
    """
    import numpy as np

    array, wanted = np.asarray(sample), model.spec.shape
    if model.modality.representation == "tokens":
        length, vocabulary = wanted
        numbers = np.issubdtype(array.dtype, np.integer) and array.shape == (length,)
        if not numbers or array.min() < 0 or array.max() >= vocabulary:
            raise UsageError(f"a sample of this model is {length} whole numbers from 0 to {vocabulary - 1}")
        return array
    if model.modality.representation != "pixels" or array.shape != wanted or array.dtype != np.uint8:
        shape = "×".join(map(str, wanted))
        raise UsageError(f"a picture of this model is uint8 {shape}, and this one is {array.dtype} {array.shape}")
    return array


def _given_latent(latent: ArrayLike, size: int) -> tuple[float, ...]:
    """Return a latent that is given as numbers, as a record keeps it."""
    import numpy as np

    from ..artworks.origin import LARGEST_FLOAT32, LARGEST_LATENT

    numbers = np.asarray(latent, np.float64)
    if numbers.shape != (size,) or not (np.abs(numbers) <= LARGEST_FLOAT32).all():
        raise UsageError(f"a latent is finite numbers ({size},), and this one is {numbers.shape}")
    if size > LARGEST_LATENT:
        raise UsageError(f"a latent of {size:,} numbers does not fit into a record: use render")
    return tuple(numbers.astype(np.float32).tolist())
