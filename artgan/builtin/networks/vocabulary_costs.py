"""Costs that are sums over a whole vocabulary at each place, taken a few places at a time.

All logits of a batch of long texts would fill gigabytes, and each pass over them costs more than the products that they
come from. A few places at a time stay in the processor's cache, and memory stays flat.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from artgan.interfaces.networks import TokenHead

from .one_hot import pick

LOGITS_AT_ONCE = 2**18
"""Logits that are taken at once on a CPU: a megabyte of them."""

ACCELERATED = 64
"""How many times as many an accelerator takes."""


def drawn_tokens(head: TokenHead, noise: Tensor) -> Tensor:
    """Return one token (N,) for each place of a head (N, E), drawn by noise (N, 1) in [0, 1)."""
    return torch.cat([pick(head.at(own).every().softmax(1), noise[own]) for own in _places(head)])


def token_costs(head: TokenHead, tokens: Tensor) -> Tensor:
    """Return the negative log-likelihood (N,) of a token (N,) at each place of a head (N, E)."""
    costs: Tensor = _TokenCosts.apply(head.features, head.weight, head.bias, tokens)  # type: ignore[no-untyped-call]
    return costs


def ratio_cost(head: TokenHead, ratios: TokenHead, bound: float) -> Tensor:
    """Return the mean cross-entropy from a generator to its distribution times a ratio, brought to a sum of 1.

    Args:
        head: the generator's logits at each place, (N, E); the gradient reaches it through the first one alone.
        ratios: the logarithms of the ratios, (N, E').
        bound: the highest of them that is believed.
    """
    cost: Tensor = _RatioCost.apply(  # type: ignore[no-untyped-call]
        head.features, head.weight, head.bias, ratios, bound
    )
    return cost


class _TokenCosts(torch.autograd.Function):
    """Multiplies the logits out again for the gradient, instead of keeping them."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, tokens: Tensor) -> Tensor:
        head = TokenHead(features, weight, bias)
        ctx.save_for_backward(features, weight, bias, tokens)
        parts = [F.cross_entropy(head.at(own).every(), tokens[own], reduction="none") for own in _places(head)]
        return torch.cat(parts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        features, weight, bias, tokens = ctx.saved_tensors
        head, gradients = TokenHead(features, weight, bias), _Gradients(features, weight, bias)
        for places in _places(head):
            by_logits = head.at(places).every().softmax(1)
            own = tokens[places, None]
            by_logits.scatter_add_(1, own, by_logits.new_full(own.shape, -1.0))
            gradients.add(by_logits.mul_(gradient[places, None]), places)
        return gradients.by_features, gradients.by_weight, gradients.by_bias, None


class _RatioCost(torch.autograd.Function):
    """Takes cost and gradient in one go: that by a logit is its probability less the one that is aimed at."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, ratios: TokenHead, bound: float) -> Tensor:
        head, total = TokenHead(features, weight, bias), features.new_zeros(())
        gradients = _Gradients(features, weight, bias)
        for places in _places(head):
            logits = head.at(places).every()
            aimed = ratios.at(places).every().clamp_(max=bound).add_(logits).softmax(1)
            scale = logits.logsumexp(1, keepdim=True)
            total += scale.sum() - torch.dot(aimed.flatten(), logits.flatten())
            gradients.add(logits.sub_(scale).exp_().sub_(aimed), places)
        kept = gradients.by_features, gradients.by_weight, gradients.by_bias
        ctx.save_for_backward(*(part.div_(len(features)) for part in kept))
        return total / len(features)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return *(gradient * part for part in ctx.saved_tensors), None, None


class _Gradients:
    """The gradients by what logits are the product of, added up over a few places at a time."""

    def __init__(self, features: Tensor, weight: Tensor, bias: Tensor) -> None:
        self.features, self.weight = features, weight
        self.by_features, self.by_weight = torch.zeros_like(features), torch.zeros_like(weight)
        self.by_bias = torch.zeros_like(bias)

    def add(self, by_logits: Tensor, places: slice) -> None:
        """Take the gradient by the logits (n, V) at some places into account."""
        torch.mm(by_logits, self.weight, out=self.by_features[places])
        self.by_weight.addmm_(by_logits.T, self.features[places])
        self.by_bias += by_logits.sum(0)


def _places(head: TokenHead) -> list[slice]:
    """Return slices of the places of a head (N, E) that together have a bounded number of logits."""
    most = LOGITS_AT_ONCE * (1 if head.features.device.type == "cpu" else ACCELERATED)
    rows = max(1, most // len(head.weight))
    return [slice(start, start + rows) for start in range(0, len(head.features), rows)]
