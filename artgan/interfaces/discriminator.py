"""What tells samples from real ones."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Discriminator(Component):
    """Turns samples into logits, high for real.

    Attributes:
        estimator: how a generator that is able to learns from it, unless told otherwise; empty for the generator's own.
        sees_features: the version of the features that it judges by, on which what it taught looks better than
            it is; empty where it judges by none.
    """

    kind = "discriminator"
    plural = "discriminators"
    estimator: ClassVar[str] = ""
    sees_features: ClassVar[str] = ""

    def frozen_digests(self) -> Mapping[str, str]:
        """Return the SHA-256 of each part of the network that never learns, such as a pretrained feature network.

        A recipe records them, and a run goes on with the same parts alone. Each part is a
        `artgan.interfaces.networks.FrozenModule`, whose method ``digest`` this is, by its name in ``named_modules()``.
        """
        return {}

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the network: ``forward(samples (B, *spec.shape), labels (B,) or None) -> logits (B,) or (B, L)``.

        Where it ``provides`` ``token-logits``, its network judges tokens that might stand at a place too, as
        `artgan.interfaces.networks.TokenDiscriminator` spells out, and ``token-logits-head`` (`HeadedDiscriminator`)
        says what they are the product of. With ``token-numbers`` it takes the numbers of tokens (B, L) as well.

        Raises:
            ValueError: if it cannot judge samples of this shape.
        """
