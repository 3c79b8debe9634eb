"""Logits of every token as a product that need not be multiplied out for all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class TokenHead:
    """What the logits of every token at a place are the product of: ``features @ weight.T + bias``.

    Texts of 512 tokens over a vocabulary of 8,000 have hundreds of millions of logits in a batch; whoever needs but a
    sum over them takes the places a few at a time.

    Attributes:
        features: of each place, (..., E).
        weight: of each token, (V, E).
        bias: of each token, (V,).
    """

    features: Tensor
    weight: Tensor
    bias: Tensor

    def every(self) -> Tensor:
        """Return the logits of every token, (..., V)."""
        return F.linear(self.features, self.weight, self.bias)

    def of(self, tokens: Tensor) -> Tensor:
        """Return the logits (..., K) of some tokens (..., K) at each place."""
        own = F.embedding(tokens, self.weight) * self.features[..., None, :]
        return own.sum(-1) + F.embedding(tokens, self.bias[:, None]).squeeze(-1)

    def at(self, places: Tensor | slice) -> TokenHead:
        """Return the head at some places: a mask (...) or a slice of the first dimension."""
        return TokenHead(self.features[places], self.weight, self.bias)
