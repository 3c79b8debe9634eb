"""The discriminator behind its augmentations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

import torch
from torch import Generator as RandomStream
from torch import Tensor

from ..interfaces.networks import (
    AugmentationModule,
    DiscriminatorNetwork,
    HeadedDiscriminator,
    TokenDiscriminator,
    to_device,
)
from ..interfaces.token_head import TokenHead


@dataclass(frozen=True)
class TurnAugmentation:
    """An augmentation as one turn applies it.

    Attributes:
        module: what changes samples.
        probability: the share of samples that are changed.
        changes: where the module draws from.
        choices: where it is drawn which samples are changed.
    """

    module: AugmentationModule
    probability: float
    changes: RandomStream
    choices: RandomStream

    def __call__(self, samples: Tensor) -> Tensor:
        """Return samples, each changed with the probability."""
        if self.probability == 0:
            return samples
        changed = self.module(samples, self.changes)
        if self.probability == 1:
            return changed
        chosen = torch.rand(len(samples), generator=self.choices) < self.probability
        chosen = to_device(chosen, samples.device).view(-1, *[1] * (samples.dim() - 1))
        return torch.where(chosen, changed, samples)


class AugmentedDiscriminator:
    """Judges samples as they are in one turn: augmented, in the precision of training, with logits in float32.

    Args:
        network: the discriminator.
        augmentations: what stands before it, in this order.
        precision: enters the arithmetic of the network.
    """

    def __init__(
        self,
        network: DiscriminatorNetwork,
        augmentations: Sequence[TurnAugmentation],
        precision: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.network, self.augmentations, self.precision = network, augmentations, precision

    def __call__(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B,) or (B, L) of samples."""
        augmented = self.augment(samples)
        with self.precision():
            logits = self.network(augmented, labels)
        return logits.float()

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits (B, L, K) that tokens (B, L, K), or all for None, would have at each place."""
        augmented = self.augment(samples)
        with self.precision():
            logits = cast(TokenDiscriminator, self.network).token_logits(augmented, labels, tokens)
        return logits.float()

    def token_logits_head(self, samples: Tensor, labels: Tensor | None) -> TokenHead | None:
        """Return what the logits of all tokens at each place are the product of; None where they are none."""
        if not isinstance(self.network, HeadedDiscriminator):
            return None
        augmented = self.augment(samples)
        with self.precision():
            head = self.network.token_logits_head(augmented, labels)
        return TokenHead(head.features.float(), head.weight.float(), head.bias.float())

    def augment(self, samples: Tensor) -> Tensor:
        """Return samples as the discriminator is shown them."""
        for augmentation in self.augmentations:
            samples = augmentation(samples)
        return samples
