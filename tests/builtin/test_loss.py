"""Each loss against its formula, written with plain logarithms, at random and at known logits."""

from __future__ import annotations

import math

import pytest
import torch
from support.builtins import REGISTRY
from torch import Tensor

from artgan.interfaces import Loss
from artgan.testing.plain_discriminator import PlainDiscriminator
from artgan.training.played_round import PlayedRound

torch.manual_seed(0)
REAL, FAKE = torch.randn(6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
SAMPLES = torch.rand(2, 6, 3, 4, 4, dtype=torch.float64)


def round_of(real: Tensor, fake: Tensor) -> PlayedRound:
    """A round in which the discriminator gives these logits."""
    return PlayedRound(
        real=SAMPLES[0][: len(real)],
        fake=SAMPLES[1][: len(fake)],
        latents=torch.zeros(len(real), 1),
        real_labels=None,
        fake_labels=None,
        discriminator=PlainDiscriminator(lambda samples, labels: torch.cat([real, fake])[-len(samples) :]),
        mixed=True,
    )


def log_sigmoid(x: Tensor) -> Tensor:
    return (1 / (1 + (-x).exp())).log()


FORMULAS = {
    "bce": (-log_sigmoid(REAL) - (1 - FAKE.sigmoid()).log(), -log_sigmoid(FAKE)),
    "bce:smoothing=0.1": (
        -0.9 * log_sigmoid(REAL) - 0.1 * log_sigmoid(-REAL) - log_sigmoid(-FAKE),
        -log_sigmoid(FAKE),
    ),
    "minimax": (-log_sigmoid(REAL) - log_sigmoid(-FAKE), (1 - FAKE.sigmoid()).log()),
    "mse": (-log_sigmoid(REAL) - log_sigmoid(-FAKE), ((SAMPLES[0] - SAMPLES[1]) ** 2).mean((1, 2, 3))),
    "lsgan": (0.5 * (REAL - 1) ** 2 + 0.5 * FAKE**2, 0.5 * (FAKE - 1) ** 2),
    "hinge": (torch.clamp(1 - REAL, min=0) + torch.clamp(1 + FAKE, min=0), -FAKE),
    "wgan": (FAKE - REAL, -FAKE),
    "relativistic": (-log_sigmoid(REAL - FAKE), -log_sigmoid(FAKE - REAL)),
}


@pytest.mark.parametrize("text", FORMULAS)
def test_a_loss_is_its_formula(registry, text):
    loss = registry.parse(Loss, text)
    assert isinstance(loss, Loss)
    discriminator, generator = FORMULAS[text]
    torch.testing.assert_close(loss.discriminator(round_of(REAL, FAKE)), discriminator)
    torch.testing.assert_close(loss.generator(round_of(REAL, FAKE)), generator)


def test_every_built_in_loss_is_checked():
    assert {text.split(":")[0] for text in FORMULAS} == set(REGISTRY.names(Loss))


@pytest.mark.parametrize("name", ["bce", "minimax", "mse"])
def test_cross_entropy_of_an_undecided_discriminator_is_twice_log_2(registry, name):
    zero = torch.zeros(1, dtype=torch.float64)
    value = registry.parse(Loss, name).discriminator(round_of(zero, zero))
    assert value.item() == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("name", [*FORMULAS])
def test_a_loss_stays_finite_at_logits_of_any_size(registry, name):
    large = torch.tensor([-300.0, 300.0])
    loss = registry.parse(Loss, name)
    for real, fake in [(large, large), (large, -large)]:
        assert loss.discriminator(round_of(real, fake)).isfinite().all()
        assert loss.generator(round_of(real, fake)).isfinite().all()


@pytest.mark.parametrize("name", [*FORMULAS])
def test_a_loss_gives_one_value_for_each_logit_of_a_token_too(registry, name):
    real, fake = torch.randn(2, 6, 5)
    loss = registry.parse(Loss, name)
    assert loss.discriminator(round_of(real, fake)).shape == (6, 5)
    assert loss.generator(round_of(real, fake)).shape in {(6, 5), (6,)}
