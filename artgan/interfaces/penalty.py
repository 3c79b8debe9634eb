"""What is added to the discriminator's loss."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component, option
from .round import Round

if TYPE_CHECKING:
    from torch import Generator as RandomStream
    from torch import Tensor


@dataclass(frozen=True)
class Penalty(Component):
    """A term added to the discriminator's loss.

    With an interval of n it is computed every n-th step and multiplied by n (lazy regularisation, Karras et al. 2020).
    """

    kind = "penalty"
    plural = "penalties"
    requires = frozenset({"double-backward"})
    interval: int = option(1, "steps from one computation to the next", min=1)

    @abstractmethod
    def value(self, turn: Round, random: RandomStream) -> Tensor:
        """Return the penalty of each sample, (B,); ``turn.real`` and ``turn.fake`` require gradients.

        Args:
            turn: the discriminator's round; ``turn.discriminator(samples, labels)`` judges any other samples.
            random: the stream to draw from; nothing else may be random.

        It is asked of the penalty as it is at this step, with numbers for schedules.
        """
