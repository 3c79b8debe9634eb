"""What works start from: seeds, and the latents of works that came as files; each as a record tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..schema import Schema
from .latents import LARGEST_SEED, child, latents
from .model import Model

LARGEST_LATENT = 8192
"""Numbers of latents that fit into a record."""
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)

Start = int | Mapping[str, Any]
"""A seed, or a work: its own seed, class and latent, and the digest of its pixels."""

START: Schema = (int, {"seed": int, "label": (int, None), "pixels": str, "latent": [float]})


def latent_of(start: Start, model: Model) -> NDArray[np.float64]:
    """Return the latent of a start, (latent,).

    Raises:
        ArtganError: if the one in a record is not of the generator's size.
    """
    size = model.generator.latent
    if isinstance(start, int):
        return latents(start, size).astype(np.float64)
    if len(start["latent"]) != size:
        raise ArtganError(f"a latent in the record has {len(start['latent'])} numbers, and this model takes {size}")
    return np.array(start["latent"], np.float64)


def latent_of_work(
    model: Model, seed: int, parents: Sequence[Start] = (), own: Sequence[float] = ()
) -> NDArray[np.float64]:
    """Return the latent of a work before truncation: its own, that of its parents' child, or its seed's.

    Raises:
        ArtganError: as in `latent_of`.
    """
    if own:
        return np.array(own, np.float32).astype(np.float64)
    if parents:
        return child(latent_of(parents[0], model), latent_of(parents[1], model), seed)
    return latents(seed, model.generator.latent).astype(np.float64)


def seed_of(start: Start) -> int:
    """Return the seed from which a network draws what is random at this start."""
    return start if isinstance(start, int) else int(start["seed"])


def label_of(start: Start, model: Model) -> int | None:
    """Return the index of a start's class; None for models that know none."""
    return model.label_of(start) if isinstance(start, int) else start["label"]


def name_of(start: Start) -> str:
    """Return what a start is called in the names of files."""
    return str(start) if isinstance(start, int) else f"work-{start['pixels'][:8]}"


def is_possible(starts: Sequence[Start]) -> bool:
    """Return whether starts from a record, which may come from anybody, are in range and fit into one."""
    own = [number for start in starts if not isinstance(start, int) for number in start["latent"]]
    seeds = all(0 <= seed_of(start) <= LARGEST_SEED for start in starts)
    return seeds and len(own) <= LARGEST_LATENT and all(abs(number) <= LARGEST_FLOAT32 for number in own)
