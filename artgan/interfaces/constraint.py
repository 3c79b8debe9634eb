"""What is allowed of works while they are drawn token by token."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TokenMask(ABC):
    """Which tokens of one model may come next.

    Of each work that is drawn it is asked so, what is written being different for each::

        written = []
        while there is room and no token has ended it:
            draw a token that allowed(written, room) allows
            append it to what is written, unless it ends the work
        check(written)
    """

    @abstractmethod
    def allowed(self, written: Sequence[int], room: int) -> NDArray[np.bool_] | None:
        """Return whether each token may come next, (V,), at least one of them; None for all.

        Args:
            written: the tokens so far.
            room: how many more there can be, at least 1; where works end, token 0 ends one before.
        """

    def check(self, written: Sequence[int]) -> None:  # noqa: B027  (most have nothing to look at)
        """Look at a whole work.

        Args:
            written: its tokens, without the one that ends it.

        Raises:
            ArtganError: in one line, if it is not as it should be, as where there was not room enough.
        """


@dataclass(frozen=True)
class Constraint(Component):
    """What is asked of works while they are drawn: words to begin with, a letter to end on, a rhyme.

    It changes nothing that was learned: of the tokens that it allows, a generator draws as it always does. Works tell
    of it in their records, so that they can be made again.
    """

    kind = "constraint"
    plural = "constraints"
    representation = "tokens"

    @abstractmethod
    def build(self, spec: Spec) -> TokenMask:
        """Return which tokens may come next in samples of this spec, whose ``tokens`` say what each is written as.

        Raises:
            ValueError: in one line, if its tokens cannot write what is asked for.
        """
