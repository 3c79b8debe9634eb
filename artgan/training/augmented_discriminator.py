"""The discriminator behind its augmentations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import cast

from torch import Generator as RandomStream
from torch import Tensor

from ..interfaces.networks import AugmentationModule, DiscriminatorNetwork, TokenDiscriminator


class AugmentedDiscriminator:
    """Judges samples as they are in one turn: augmented, in the precision of training, with logits in float32.

    Args:
        network: the discriminator.
        augmentations: what stands before it, in this order.
        streams: where each augmentation draws from in this turn.
        precision: enters the arithmetic of the network.
    """

    def __init__(
        self,
        network: DiscriminatorNetwork,
        augmentations: Sequence[AugmentationModule],
        streams: Sequence[RandomStream],
        precision: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.network, self.augmentations, self.streams, self.precision = network, augmentations, streams, precision

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

    def augment(self, samples: Tensor) -> Tensor:
        """Return samples as the discriminator is shown them."""
        for augmentation, stream in zip(self.augmentations, self.streams, strict=True):
            samples = augmentation(samples, stream)
        return samples
