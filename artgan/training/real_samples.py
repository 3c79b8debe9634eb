"""The real samples that a game draws."""

from __future__ import annotations

import torch
from torch import Tensor

from ..interfaces import Data, Modality
from ..interfaces.networks import TOKEN_NUMBERS
from ..recipe.recipe import Recipe
from ..recipe.settings import Training
from .data_order import DataOrder
from .held_out import training_rows
from .memory import release_pages

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
        self.shuffle(training.seed)

    def shuffle(self, seed: int) -> None:
        """Draw in the order of another seed."""
        self._order = DataOrder(seed, len(self._rows), self.batch)

    def draw(self, number: int, shard: int) -> tuple[Tensor, Tensor | None]:
        """Return the samples (B, ...) of one shard of a batch, and their class indices (B,), or None.

        Args:
            number: the batch's, counted from 0 over all updates of all steps.
            shard: the shard's.
        """
        indices = self._rows[self._order.indices(number)[shard * self.shard : (shard + 1) * self.shard]]
        compact = torch.from_numpy(self.data.samples[indices]).to(self.device)
        real = compact.long() if self.as_numbers else self.modality.to_float(compact)
        if number % RELEASE_EVERY == 0:
            release_pages(self.data.samples)
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[indices]).to(self.device)
        return _channels_last(real), labels


def sees_numbers(recipe: Recipe) -> bool:
    """Return whether all that looks at samples takes token numbers (B, L), so that none need be one-hot (B, L, V)."""
    takes = all(TOKEN_NUMBERS in component.provides for component in (recipe.discriminator, recipe.estimator))
    compares = recipe.penalties or recipe.augmentations or "sample-gradient" in recipe.loss.requires
    return takes and "token-draws" in recipe.generator.provides and not compares


def _channels_last(samples: Tensor) -> Tensor:
    return samples.contiguous(memory_format=torch.channels_last) if samples.dim() == 4 else samples
