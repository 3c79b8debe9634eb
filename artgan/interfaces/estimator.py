"""How the generator learns through its samples."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Estimator(Component):
    """How the generator learns through its samples."""

    kind = "estimator"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return a module with the methods ``generate`` and ``objective``, its state in buffers.

        ``generate(generator, latents, labels)`` returns the fakes as the discriminator sees them.
        ``objective(values, round)`` turns the loss's values into the scalar that is differentiated; it follows the
        ``generate`` of the same fakes. Where the module has a method ``begin(progress)``, it is called before each
        step with the share of the run that is done, for schedules. Where it has a method ``view(round)``, the loss
        for the generator is computed of what that returns, and so is the objective; where it has a method
        ``show(round)``, the loss for the discriminator is computed of what that returns.
        """
