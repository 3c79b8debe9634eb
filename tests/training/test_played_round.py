"""A round as it is played, and the augmented discriminator that it holds."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch
from torch import nn

from artgan.interfaces.networks import AugmentationModule
from artgan.testing.plain_discriminator import PlainDiscriminator
from artgan.training.augmented_discriminator import AugmentedDiscriminator, TurnAugmentation
from artgan.training.played_round import PlayedRound
from artgan.training.random_streams import stream

REAL, FAKE = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [4.0]])


def played(mixed=False, labels=None):
    """Return a round and the batches, with their labels, that its discriminator was shown so far."""
    shown = []

    def judge(samples, labels):
        shown.append((samples.flatten().tolist(), None if labels is None else labels.tolist()))
        return 10 * samples.flatten()

    turn = PlayedRound(
        real=REAL,
        fake=FAKE,
        latents=torch.zeros(2, 1),
        real_labels=labels,
        fake_labels=labels,
        discriminator=PlainDiscriminator(judge),
        mixed=mixed,
    )
    return turn, shown


def test_nothing_is_judged_before_it_is_asked_for():
    assert played()[1] == []


def test_fakes_are_judged_alone_and_once():
    turn, shown = played()
    assert turn.fake_logits.tolist() == turn.fake_logits.tolist() == [30, 40]
    assert shown == [([3, 4], None)]


@pytest.mark.parametrize("mixed", [False, True])
def test_who_asks_for_the_reals_has_both_judged_in_one_batch(mixed):
    turn, shown = played(mixed)
    assert (turn.real_logits.tolist(), turn.fake_logits.tolist()) == ([10, 20], [30, 40])
    assert shown == [([1, 2, 3, 4], None)]


def test_in_a_mixed_round_fakes_are_never_judged_alone():
    turn, shown = played(mixed=True)
    assert turn.fake_logits.tolist() == [30, 40]
    assert shown == [([1, 2, 3, 4], None)]


def test_labels_go_with_their_samples():
    turn, shown = played(labels=torch.tensor([5, 6]))
    _ = turn.fake_logits, turn.real_logits
    assert shown == [([3, 4], [5, 6]), ([1, 2, 3, 4], [5, 6, 5, 6])]


class Noise(AugmentationModule):
    """Adds what it draws."""

    def forward(self, samples, random):
        return samples + torch.rand(samples.shape, generator=random)


class Doubling(AugmentationModule):
    """Doubles."""

    def forward(self, samples, random):
        return 2 * samples


class Identity(nn.Module):
    """A discriminator that gives samples as logits."""

    def forward(self, samples, labels):
        return samples.flatten()


def view(*modules, probability=1.0):
    augmentations = [
        TurnAugmentation(module=module, probability=probability, changes=stream(1, "a", 0), choices=stream(1, "p", 0))
        for module in modules
    ]
    return AugmentedDiscriminator(Identity(), augmentations, nullcontext)


def test_augmentations_come_in_their_order():
    drawn = torch.rand(2, 1, generator=stream(1, "a", 0)).flatten()
    assert torch.equal(view(Noise(), Doubling())(REAL, None), 2 * (REAL.flatten() + drawn))
    assert torch.equal(view(Doubling(), Noise())(REAL, None), 2 * REAL.flatten() + drawn)


def test_each_call_draws_on_in_the_streams_of_the_turn():
    one, other = view(Noise()), view(Noise())
    first, second = one(REAL, None), one(REAL, None)
    assert not torch.equal(first, second)
    assert torch.equal(other(REAL, None), first)
    assert torch.equal(other(REAL, None), second)


def test_a_sample_is_changed_whole_or_left_as_it_is():
    samples = torch.ones(1000, 2)
    logits = view(Doubling(), probability=0.25)(samples, None).view(1000, 2)
    assert (logits[:, 0] == logits[:, 1]).all()
    assert set(logits.unique().tolist()) == {1, 2}
    assert float((logits[:, 0] == 2).float().mean()) == pytest.approx(0.25, abs=0.05)


def test_logits_are_float32_whatever_the_arithmetic():
    half = AugmentedDiscriminator(Half(), [], nullcontext)
    assert half(REAL, None).dtype == torch.float32


class Half(nn.Module):
    """A discriminator in bfloat16."""

    def forward(self, samples, labels):
        return samples.flatten().bfloat16()
