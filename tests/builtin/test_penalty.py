"""Penalties: known answers on discriminators whose gradient is known."""

from __future__ import annotations

import pytest
import torch
from support.builtins import REGISTRY

from artgan.interfaces import Penalty
from artgan.testing.plain_discriminator import PlainDiscriminator
from artgan.training.played_round import PlayedRound
from artgan.training.random_streams import stream

SLOPE = torch.tensor([3.0, 4.0])
SLOPE_FIVE = {"r1:gamma=2": 25.0, "r2:gamma=2": 25.0, "r1:gamma=0.1": 1.25, "gp:weight=10": 160.0}
"""What each penalty comes to where the gradient has length 5 everywhere."""


def penalty_of(registry, text: str, discriminate) -> torch.Tensor:
    penalty = registry.parse(Penalty, text)
    assert isinstance(penalty, Penalty)
    real, fake = torch.tensor([[1.0, 2.0]]).requires_grad_(), torch.tensor([[-1.0, 5.0]]).requires_grad_()
    turn = PlayedRound(
        real=real,
        fake=fake,
        latents=torch.zeros(1, 1),
        real_labels=None,
        fake_labels=None,
        discriminator=PlainDiscriminator(discriminate),
        mixed=True,
    )
    return penalty.value(turn, stream(0, "penalty", 0))


@pytest.mark.parametrize("text", SLOPE_FIVE)
def test_a_linear_discriminator_of_slope_five(registry, text):
    value = penalty_of(registry, text, lambda samples, labels: samples @ SLOPE)
    assert value.item() == pytest.approx(SLOPE_FIVE[text], rel=1e-5)


def test_every_built_in_penalty_is_checked():
    assert {text.partition(":")[0] for text in SLOPE_FIVE} == set(REGISTRY.names(Penalty))


@pytest.mark.parametrize(("text", "expected"), [("r1:gamma=2", 4 * 5.0), ("r2:gamma=2", 4 * 26.0)])
def test_r1_looks_at_reals_and_r2_at_fakes(registry, text, expected):
    value = penalty_of(registry, text, lambda samples, labels: samples.square().sum(1))
    assert value.item() == pytest.approx(expected)


@pytest.mark.parametrize("text", REGISTRY.names(Penalty))
def test_a_penalty_teaches_the_discriminator(registry, text):
    weight = torch.tensor([3.0, 4.0], requires_grad=True)
    penalty_of(registry, text, lambda samples, labels: samples @ weight).sum().backward()
    assert weight.grad.norm() > 0


def test_the_gradient_penalty_is_nothing_at_slope_one_and_keeps_finite_at_slope_zero(registry):
    flat = torch.zeros(2, requires_grad=True)
    assert penalty_of(registry, "gp", lambda samples, labels: samples @ (SLOPE / 5)).item() == pytest.approx(
        0, abs=1e-6
    )
    value = penalty_of(registry, "gp:weight=1", lambda samples, labels: samples @ flat)
    value.sum().backward()
    assert value.item() == pytest.approx(1, rel=1e-4)
    assert flat.grad.isfinite().all()
