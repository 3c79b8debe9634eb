"""Sums over a vocabulary, a few places at a time, are what they are all at once."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan.builtin.networks import vocabulary_costs
from artgan.builtin.networks.vocabulary_costs import drawn_tokens, ratio_cost, token_costs
from artgan.interfaces.networks import TokenHead


def head_of(places: int, vocabulary: int, seed: int) -> TokenHead:
    random = torch.Generator().manual_seed(seed)
    shapes = (places, 5), (vocabulary, 5), (vocabulary,)
    return TokenHead(*(torch.randn(shape, generator=random, dtype=torch.float64).requires_grad_() for shape in shapes))


def gradients(cost: torch.Tensor, head: TokenHead) -> list[torch.Tensor]:
    return list(torch.autograd.grad(cost, [head.features, head.weight, head.bias]))


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few that there are many parts, the last of them smaller."""
    monkeypatch.setattr(vocabulary_costs, "LOGITS_AT_ONCE", 50)


@settings(deadline=None, max_examples=20)
@given(places=st.integers(1, 30), vocabulary=st.integers(2, 80), bound=st.floats(0, 5), seed=st.integers(0, 99))
def test_the_ratio_s_cost_and_its_gradient_are_those_of_all_logits(
    places: int, vocabulary: int, bound: float, seed: int
) -> None:
    head, ratios = head_of(places, vocabulary, seed), head_of(places, vocabulary, seed + 1)
    logarithms = head.every().log_softmax(1)
    aimed = (logarithms + ratios.every().clamp(max=bound)).softmax(1).detach()
    whole = -(aimed * logarithms).sum(1).mean()

    cost = ratio_cost(head, ratios, bound)
    torch.testing.assert_close(cost, whole)
    for found, wanted in zip(gradients(3 * cost, head), gradients(3 * whole, head), strict=True):
        torch.testing.assert_close(found, wanted)


def test_the_costs_of_tokens_and_their_gradients_are_those_of_all_logits() -> None:
    head, tokens, weights = head_of(23, 7, 0), torch.arange(23) % 7, torch.linspace(0, 1, 23, dtype=torch.float64)
    whole = -head.every().log_softmax(1).gather(1, tokens[:, None]).squeeze(1)
    costs = token_costs(head, tokens)
    torch.testing.assert_close(costs, whole)
    for found, wanted in zip(
        gradients((weights * costs).sum(), head), gradients((weights * whole).sum(), head), strict=True
    ):
        torch.testing.assert_close(found, wanted)


def test_tokens_are_drawn_as_often_as_their_logits_say() -> None:
    one = head_of(1, 4, 0)
    many = TokenHead(one.features.detach().expand(20_000, -1), one.weight.detach(), one.bias.detach())
    torch.manual_seed(0)
    seen = torch.bincount(drawn_tokens(many, torch.rand(20_000, 1)), minlength=4) / 20_000
    torch.testing.assert_close(seen.double(), one.every().softmax(1)[0].detach(), atol=0.012, rtol=0)
