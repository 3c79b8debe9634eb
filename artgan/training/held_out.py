"""Which samples nothing is trained on, so that what was learned can be judged by them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Data
from ..recipe.settings import Training
from .random_streams import stream_seed

MIN_HELD_OUT = 20
"""Fewer samples than these judge nothing: then none is held out."""


def held_out_rows(data: Data, training: Training) -> NDArray[np.int64]:
    """Return the rows of `Data.samples` that nothing is trained on, in order: a share, chosen by the seed.

    There are none where the dataset holds out samples of its own, or the share would be too few to judge by.
    """
    count = int(len(data) * training.held_out)
    if data.held_out is not None or count < MIN_HELD_OUT:
        return np.empty(0, np.int64)
    random = np.random.Generator(np.random.Philox(stream_seed(training.seed, "held out", 0)))
    return np.sort(random.permutation(len(data))[:count])


def training_rows(data: Data, training: Training) -> NDArray[np.uint32]:
    """Return the rows of `Data.samples` that are trained on, in order."""
    return np.delete(np.arange(len(data), dtype=np.uint32), held_out_rows(data, training))


def held_out(data: Data, training: Training, most: int) -> NDArray[np.uint8] | None:
    """Return at most so many of the compact samples (M, ...) that nothing is trained on, or None where all are."""
    rows = held_out_rows(data, training)
    if len(rows):
        return data.samples[rows[:most]]
    return None if data.held_out is None else data.held_out[:most]
