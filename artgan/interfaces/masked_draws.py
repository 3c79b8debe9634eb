"""Works that are drawn token by token side by side, each within what is allowed of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..errors import ArtganError
from .constraint import TokenMask


class MaskedDraws:
    """Keeps what is written of each work, and leaves out the tokens that may not come next.

    Args:
        masks: all of which must allow a token; with none, nothing is kept and all are allowed.
        count: works, drawn side by side.
        length: most tokens of one.
        ends: whether token 0 ends a work.
    """

    def __init__(self, masks: Sequence[TokenMask], *, count: int, length: int, ends: bool) -> None:
        self._masks, self._length, self._ends = masks, length, ends
        self._written: list[list[int]] = [[] for _ in range(count)]
        self._ended = [False] * count

    def allow(self, logits: Tensor, works: Tensor) -> Tensor:
        """Return logits (B, V) with minus infinity for what may not come next; where a work has ended, anything may.

        Args:
            logits: of the next token.
            works: which works these are, (B,).

        Raises:
            ArtganError: if no token is left that all masks allow.
        """
        if not self._masks:
            return logits
        rows = np.ones(logits.shape, bool)
        for row, work in zip(rows, works.tolist(), strict=True):
            self._leave_out(row, work)
        if not rows.any(1).all():
            raise ArtganError("nothing can be written that is all that is asked for: ask for less")
        return logits.masked_fill(~torch.from_numpy(rows).to(logits.device), -torch.inf)

    def note(self, tokens: Tensor, works: Tensor) -> None:
        """Write down what was drawn, (B,).

        Raises:
            ArtganError: if a work is whole with it, and not as it should be.
        """
        if not self._masks:
            return
        for work, token in zip(works.tolist(), tokens.tolist(), strict=True):
            if self._ended[work]:
                continue
            ends = self._ends and token == 0
            self._written[work] += [] if ends else [token]
            self._ended[work] = ends or len(self._written[work]) == self._length
            if self._ended[work]:
                for mask in self._masks:
                    mask.check(self._written[work])

    def _leave_out(self, row: np.ndarray, work: int) -> None:
        """Leave out of a row (V,) what may not come next in a work."""
        if self._ended[work]:
            return
        written = self._written[work]
        for mask in self._masks:
            if (allowed := mask.allowed(written, self._length - len(written))) is not None:
                row &= allowed
