"""The real samples that a game draws."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait

import torch
from torch import Tensor

from ..interfaces import Data, Modality
from ..interfaces.networks import TOKEN_NUMBERS, to_device
from ..recipe.recipe import Recipe
from ..recipe.settings import Training
from .data_order import DataOrder
from .held_out import training_rows
from .memory import release_pages

Compact = tuple[Tensor, Tensor | None]
"""Samples as they are kept, and their class indices."""
RELEASE_EVERY = 8
"""How many batches are read from the memory-mapped samples between two times that their pages are given back."""


class RealSamples:
    """Batches of real samples, in the order of a seed, without those that are held out.

    Args:
        data: the samples.
        modality: turns compact samples into what the networks see.
        training: says the batch, the shards that it is cut into, and what is held out.
        device: where the networks see them.
        as_numbers: whether they see samples of tokens as the numbers of these, (B, L).
    """

    def __init__(
        self, data: Data, modality: Modality, training: Training, device: torch.device, *, as_numbers: bool = False
    ) -> None:
        self.data, self.modality, self.device, self.as_numbers = data, modality, device, as_numbers
        self.batch, self.shard = training.batch, training.batch // training.shards
        self._rows = training_rows(data, training)
        feeds_ahead = device.type != "cpu" and training.shards == 1
        self._reader = ThreadPoolExecutor(1) if feeds_ahead else None
        self._ahead: dict[tuple[int, int], Future[Compact]] = {}
        self.shuffle(training.seed)

    def shuffle(self, seed: int) -> None:
        """Draw in the order of another seed."""
        wait(self._ahead.values())
        self._ahead.clear()
        self._order = DataOrder(seed, len(self._rows), self.batch)

    def draw(self, number: int, shard: int) -> tuple[Tensor, Tensor | None]:
        """Return the samples (B, ...) of one shard of a batch, and their class indices (B,), or None.

        Args:
            number: the batch's, counted from 0 over all updates of all steps.
            shard: the shard's.
        """
        compact, labels = self._read_ahead(number, shard) if self._reader else self._read(number, shard)
        real = self.show(compact)
        if number % RELEASE_EVERY == 0:
            release_pages(self.data.samples)
        return real, None if labels is None else to_device(labels, self.device)

    def show(self, compact: Tensor) -> Tensor:
        """Return compact samples (B, ...) as the networks see them."""
        compact = to_device(compact, self.device)
        return _channels_last(compact.long() if self.as_numbers else self.modality.to_float(compact))

    def _read(self, number: int, shard: int) -> Compact:
        """Return compact samples (B, ...) of one shard of a batch, and their class indices (B,), on the CPU."""
        indices = self._rows[self._order.indices(number)[shard * self.shard : (shard + 1) * self.shard]]
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[indices])
        return torch.from_numpy(self.data.samples[indices]), labels

    def _read_ahead(self, number: int, shard: int) -> Compact:
        """Return the same, and have the next batch read while the device computes."""
        assert self._reader
        reading = self._ahead.pop((number, shard), None) or self._reader.submit(self._read, number, shard)
        self._ahead = {(number + 1, shard): self._reader.submit(self._read, number + 1, shard)}
        return reading.result()


def sees_numbers(recipe: Recipe) -> bool:
    """Return whether all that looks at samples takes token numbers (B, L), so that none need be one-hot (B, L, V)."""
    takes = all(TOKEN_NUMBERS in component.provides for component in (recipe.discriminator, recipe.estimator))
    compares = recipe.penalties or recipe.augmentations or "sample-gradient" in recipe.loss.requires
    return takes and "token-draws" in recipe.generator.provides and not compares


def _channels_last(samples: Tensor) -> Tensor:
    return samples.contiguous(memory_format=torch.channels_last) if samples.dim() == 4 else samples
