"""What stands between samples and discriminator."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component, option
from .spec import Spec

if TYPE_CHECKING:
    from .networks import AugmentationModule


@dataclass(frozen=True)
class Augmentation(Component):
    """A random change applied to real and fake samples alike before the discriminator.

    With a probability below 1 each sample is changed or left as it is by a draw of the trainer's.
    """

    kind = "augmentation"
    plural = "augmentations"
    probability: float = option(1.0, "share of the samples that are changed", min=0, max=1, schedule=True)

    @abstractmethod
    def build(self, spec: Spec) -> AugmentationModule:
        """Return the module, which derives from `artgan.interfaces.networks.AugmentationModule`, its state in buffers.

        Its ``forward(samples (B, ...), random) -> samples`` keeps the shape and is differentiable; that class says when
        the trainer calls which method.

        Raises:
            ValueError: if it cannot augment samples of this shape.
        """
