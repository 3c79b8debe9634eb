"""Texts that begin with given words: which tokens may come next, until these are written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from artgan import UsageError, printable
from artgan.interfaces import Spec, TokenMask

from .tokeniser import Tokeniser, as_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Left = bytes | tuple[str, ...]
"""What of the words is still to be written: bytes by subwords, which need not end where the words do; else tokens."""


class Prompt(TokenMask):
    """The words that texts begin with.

    A token may come next that begins what is left of them, or begins with it. So a model writes them as it likes, and
    its subwords go on within the last word as they do within any.

    Args:
        words: what texts begin with; empty for anything.
        spec: whose tokens they are written in.

    Raises:
        UsageError: if the tokens cannot write them, or a text has no room for them.
    """

    def __init__(self, words: str, spec: Spec) -> None:
        tokeniser = Tokeniser.named(spec.presentation.get("tokeniser", "word"))
        self._room = spec.shape[0]
        self._tokens: list[Left]
        if tokeniser.name == "subword":
            self.words: Left = words.encode()
            self._tokens = [as_bytes(token) for token in spec.tokens]
            return

        parts = Tokeniser.named("char").split(words.replace("\n", "")) if tokeniser.line else tokeniser.split(words)
        if unknown := [part for part in parts if part not in spec.tokens]:
            raise UsageError(f"the prompt has {printable(unknown[0])!r}, which this model cannot write: leave it out")
        self.words, self._tokens = tuple(parts), [(token,) if token else () for token in spec.tokens]
        if len(parts) > self._room:
            raise self._too_long()

    def allowed(self, written: Sequence[int], room: int) -> NDArray[np.bool_] | None:
        left = self._left(written)
        return self._next(left) if left else None

    def check(self, written: Sequence[int]) -> None:
        if self._left(written):
            raise self._too_long()

    def _left(self, written: Sequence[int]) -> Left:
        """Return what is still to be written."""
        left = self.words
        for token in written:
            if not left:
                break
            left = left[len(self._tokens[token]) :]
        return left

    @lru_cache(maxsize=1024)  # noqa: B019  (a prompt lives as long as its model)
    def _next(self, left: Left) -> NDArray[np.bool_]:
        """Return for each token whether it may come next; one that ends a text may not, while words are left."""
        import numpy as np

        return np.array(
            [bool(token) and (left[: len(token)] == token or token[: len(left)] == left) for token in self._tokens]
        )

    def _too_long(self) -> UsageError:
        return UsageError(f"the prompt takes more than the {self._room} tokens of a text: give a shorter one")
