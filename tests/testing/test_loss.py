"""Each fault of a loss, penalty or estimator is found."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from support.faulty import faults, told
from torch import nn
from torch.nn.functional import softplus

from artgan.interfaces import Estimator, Loss, Penalty
from artgan.interfaces.networks import EstimatorModule
from artgan.testing import check_estimator, check_loss, check_penalty


def loss_of(discriminator=None, generator=None, capabilities=()):
    @dataclass(frozen=True)
    class Made(Loss):
        """A loss."""

        name = "made"
        provides = frozenset(capabilities)

        def discriminator(self, turn):
            return discriminator(turn) if discriminator else softplus(-turn.real_logits) + softplus(turn.fake_logits)

        def generator(self, turn):
            return generator(turn) if generator else softplus(-turn.fake_logits)

    return Made


def change_in_place(turn):
    with torch.no_grad():
        turn.fake.mul_(0.5)
    return softplus(-turn.fake_logits)


def seed(turn):
    np.random.seed(0)
    return softplus(-turn.fake_logits)


def switch(turn):
    torch.backends.cudnn.benchmark = True
    return softplus(-turn.fake_logits)


def hinge(turn):
    return (1 - turn.real_logits).relu() + (1 + turn.fake_logits).relu()


def test_a_right_loss_conforms():
    check_loss(loss_of())
    check_loss(loss_of(capabilities={"log-ratio"}))


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (loss_of(lambda turn: (turn.fake_logits - turn.real_logits).mean()), "leave averaging to the trainer"),
        (loss_of(lambda turn: (turn.fake_logits - turn.real_logits).float()), "gives float32 for logits in float64"),
        (loss_of(lambda turn: -turn.real_logits.sigmoid().log()), "discriminator() is infinite or NaN at logits"),
        (loss_of(generator=lambda turn: softplus(-turn.fake_logits.detach())), "no gradient of generator() reaches"),
        (loss_of(lambda turn: softplus(-turn.real_logits.detach())), "no gradient of discriminator() reaches"),
        (loss_of(lambda turn: turn.real_logits - turn.fake_logits), "high logits mean real"),
        (loss_of(generator=lambda turn: softplus(turn.fake_logits)), "the generator wants them high"),
        (loss_of(hinge, capabilities={"log-ratio"}), "leave log-ratio out of provides"),
        (loss_of(generator=lambda turn: random.random() - turn.fake_logits), "gives something else each time"),
        (loss_of(generator=lambda turn: -turn.fake_logits.flip(0)), "depends on the order of the batch"),
        (loss_of(generator=change_in_place), "changes turn.fake in place"),
        (loss_of(generator=seed), "generator() seeds NumPy"),
        (loss_of(generator=switch), "generator() changes cudnn.benchmark"),
        (loss_of(generator=lambda turn: turn.no_such_thing), "generator() raised AttributeError"),
        (loss_of(generator=lambda turn: 1.0), "generator() returned float: return one tensor"),
        (loss_of(generator=lambda turn: -turn.fake_logits[:, 0]), "(with logits of shape (6,))"),
    ],
)
def test_a_fault_of_a_loss_is_found(made, phrase):
    found = faults(check_loss, made)
    assert told(found, phrase), found


def slope(turn, create_graph=True):
    logits = turn.discriminator(turn.real, turn.real_labels)
    (gradient,) = torch.autograd.grad(logits.sum(), turn.real, create_graph=create_graph)
    return gradient.flatten(1)


def penalty_of(value):
    @dataclass(frozen=True)
    class Made(Penalty):
        """A penalty."""

        name = "made"

        def value(self, turn, random):
            return value(self, turn, random)

    return Made


def squared(penalty, turn, stream):
    return slope(turn).square().sum(1)


def left_behind(penalty, turn, stream):
    turn.discriminator(turn.real, None).sum().backward()
    return squared(penalty, turn, stream)


def shifted(penalty, turn, stream):
    with torch.no_grad():
        turn.fake.add_(1)
    return squared(penalty, turn, stream)


def test_a_right_penalty_conforms():
    check_penalty(penalty_of(squared))


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        (lambda penalty, turn, stream: squared(penalty, turn, stream).mean(), "value"),
        (lambda penalty, turn, stream: slope(turn, create_graph=False).square().sum(1), "no gradient reaches"),
        (
            lambda penalty, turn, stream: slope(turn).norm(dim=1) + slope(turn).square().sum(1).sqrt(),
            "under the root",
        ),
        (lambda penalty, turn, stream: squared(penalty, turn, stream) * torch.rand(()), "draw from `random` alone"),
        (lambda penalty, turn, stream: squared(penalty, turn, stream) * penalty.interval, "depend on the interval"),
        (left_behind, "leaves gradients behind"),
        (shifted, "changes turn.fake in place"),
        (lambda penalty, turn, stream: None, "returned NoneType: return one tensor"),
    ],
)
def test_a_fault_of_a_penalty_is_found(value, phrase):
    found = faults(check_penalty, penalty_of(value))
    assert told(found, phrase), found


class Teacher(EstimatorModule):
    """An estimator's module that conforms."""


class Batch(Teacher):
    def objective(self, values, turn, generator):
        return values


class Detached(Teacher):
    def generate(self, generator, latents, labels):
        return generator(latents, labels).detach()


class Cropped(Teacher):
    def generate(self, generator, latents, labels):
        return generator(latents, labels)[..., :2]


class Infinite(Teacher):
    def objective(self, values, turn, generator):
        return values.mean() / 0


class Counting(Teacher):
    calls = 0

    def objective(self, values, turn, generator):
        self.calls += 1
        return values.mean() * self.calls


class Noisy(Teacher):
    def objective(self, values, turn, generator):
        return values.mean() * random.random()


class Mute(nn.Module):
    pass


def estimator_of(module):
    @dataclass(frozen=True)
    class Made(Estimator):
        """An estimator."""

        name = "made"

        def build(self, spec):
            return module()

    return Made


def test_a_right_estimator_conforms():
    check_estimator(estimator_of(Teacher))


@pytest.mark.parametrize(
    ("module", "phrase"),
    [
        (Batch, "give one scalar"),
        (Detached, "no gradient of objective() reaches the generator"),
        (Cropped, "generate() gives (5, 1, 4, 2)"),
        (Infinite, "objective() is infinite or NaN"),
        (Counting, "saved and loaded goes on differently"),
        (Noisy, "draw from torch's random state alone"),
        (Mute, "derives from artgan.interfaces.networks.EstimatorModule"),
        (int, "build returned int"),
    ],
)
def test_a_fault_of_an_estimator_is_found(module, phrase):
    found = faults(check_estimator, estimator_of(module))
    assert told(found, phrase), found
