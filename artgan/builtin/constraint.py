"""The built-in constraint: what is asked of works while they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from artgan import option
from artgan.interfaces import Constraint, Spec, TokenMask


@dataclass(frozen=True)
class BeginsWith(Constraint):
    """Texts begin with given words, and go on within the last of them as they may within any."""

    name = "begins-with"
    modalities = frozenset({"text"})
    words: str = option("", "the words; empty for any")

    def build(self, spec: Spec) -> TokenMask:
        from .prompt import Prompt

        return Prompt(self.words, spec)
