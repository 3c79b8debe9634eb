"""What each player minimises."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component
from .round import Round
from .spec import Spec

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Loss(Component):
    """The adversarial loss: what each player minimises.

    Both methods return one value for each logit, pair or sample, without averaging.
    """

    kind = "loss"
    plural = "losses"

    def check(self, spec: Spec) -> None:
        """Check that it fits the data, before the first step.

        Raises:
            ValueError: saying why it does not.
        """
        return

    @abstractmethod
    def discriminator(self, turn: Round) -> Tensor:
        """Return what the discriminator minimises."""

    @abstractmethod
    def generator(self, turn: Round) -> Tensor:
        """Return what the generator minimises, the discriminator being frozen."""
