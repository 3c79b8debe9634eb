"""The order in which samples are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .random_streams import stream_seed


class DataOrder:
    """The order in which samples are drawn: each epoch is a fresh permutation, and batches run on across epochs.

    Args:
        seed: the root seed.
        size: the number of samples.
        batch: the number of samples in a batch.
    """

    def __init__(self, seed: int, size: int, batch: int) -> None:
        self.seed, self.size, self.batch = seed, size, batch
        self._epochs: dict[int, NDArray[np.uint32]] = {}

    def indices(self, number: int) -> NDArray[np.uint32]:
        """Return the sample indices of the batch of that number, counted from 0, (batch,)."""
        start, stop = number * self.batch, (number + 1) * self.batch
        epochs = range(start // self.size, (stop - 1) // self.size + 1)
        self._epochs = {epoch: self._permutation(epoch) for epoch in epochs}
        begins = [(epoch, epoch * self.size) for epoch in epochs]
        return np.concatenate([self._epochs[epoch][max(start - at, 0) : stop - at] for epoch, at in begins])

    def _permutation(self, epoch: int) -> NDArray[np.uint32]:
        if epoch in self._epochs:
            return self._epochs[epoch]
        random = np.random.Generator(np.random.Philox(stream_seed(self.seed, "order", epoch)))
        order = np.arange(self.size, dtype=np.uint32)
        random.shuffle(order)
        return order
