"""What stands between samples and discriminator."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Augmentation(Component):
    """A random change applied to real and fake samples alike before the discriminator."""

    kind = "augmentation"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the module: ``forward(samples (B, ...), random) -> samples`` of the same shape, differentiable.

        What it must remember from step to step it keeps in buffers. ``random`` is the ``torch.Generator`` (on the CPU)
        to draw from.
        """
