"""An augmentation that adapts: it is told how the reals are judged, remembers in checkpoints, and speaks in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
import torch

from artgan import option
from artgan.interfaces import Augmentation
from artgan.interfaces.networks import AugmentationModule
from artgan.testing import check_augmentation

PLUGIN = """
import artgan
from training.test_adaptation import Adaptive

@artgan.hookimpl
def register_augmentations():
    return [Adaptive]
"""


class Noise(AugmentationModule):
    """Noise whose strength rises while the reals have positive logits, and falls while they have negative ones."""

    strength: torch.Tensor
    seen: torch.Tensor

    def __init__(self, pace):
        super().__init__()
        self.pace = pace
        self.register_buffer("strength", torch.zeros(()))
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))

    def forward(self, samples, random):
        return samples + self.strength.to(samples) * torch.randn(samples.shape, generator=random).to(samples)

    def adapt(self, real_logits, seen):
        self.strength.add_(self.pace * real_logits.sign().mean()).clamp_(0, 1)
        self.seen.fill_(seen)
        return {"strength": self.strength.clone()}


@dataclass(frozen=True)
class Adaptive(Augmentation):
    """Noise that adapts."""

    name = "adaptive"
    pace: float = option(0.125, "how fast", min=0, max=1)

    def build(self, spec):
        return Noise(self.pace)


@pytest.fixture
def adapting(small, trainer):
    """Make a trainer whose augmentation adapts."""

    def make(**tables):
        return trainer(replace(small(**tables), augmentations=(Adaptive(),)))

    return make


def test_it_conforms():
    check_augmentation(Adaptive)


def test_strength_rises_and_falls_with_the_sign_of_the_logits_of_the_reals(adapting):
    game, strengths = adapting(), []
    for logit in (1.0, 1.0, -1.0, 1.0, -1.0):
        judged = game.discriminator.register_forward_hook(lambda module, inputs, logits, to=logit: 0 * logits + to)
        game.step()
        judged.remove()
        strengths.append(game.read_scalars()["adaptive_strength"])
    assert strengths == pytest.approx([0.125, 0.25, 0.125, 0.25, 0.125])


def test_it_is_told_after_each_update_how_many_reals_were_drawn(adapting):
    game = adapting(discriminator_optimiser={"updates": 3}, training={"batch": 16})
    told = []
    adapt = game.augmentations[0].adapt

    def adapt_and_tell(logits, seen):
        told.append((len(logits), logits.requires_grad, seen))
        return adapt(logits, seen)

    game.augmentations[0].adapt = adapt_and_tell
    game.step()
    game.step()
    assert told == [(16, False, 16 * number) for number in range(1, 7)]


@pytest.mark.parametrize("stop", [1, 4])
def test_stopped_and_resumed_equals_never_stopped_bit_for_bit(adapting, stop):
    whole, first, second = (adapting() for _ in range(3))
    for _ in range(7):
        whole.step()
    for _ in range(stop):
        first.step()
    assert first.state()["augmentation0.strength"] > 0
    second.load_state({name: tensor.clone() for name, tensor in first.state().items()}, stop)
    for _ in range(7 - stop):
        second.step()
    expected, actual = whole.state(), second.state()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(expected[name], actual[name]) for name in expected)


def test_its_scalars_reach_the_log(artgan, pictures, tmp_path):
    (tmp_path / "adapting.py").write_text(PLUGIN)
    arguments = ["--generator=cnn:width=4,latent=8", "--discriminator=cnn:width=4", "--steps=4", "--batch=16"]
    arguments += ["--augmentation=adaptive", "--set=training.log_every=2", "--name=one", "--quiet"]
    done = artgan("run", f"--dataset=array:path={pictures}", *arguments, f"--plugin={tmp_path / 'adapting.py'}")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (tmp_path / "runs/one/log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "adaptive_strength" in line] == [2, 4]


def test_one_that_derives_from_no_base_is_refused_in_one_line(small, trainer):
    class Plain(Adaptive):
        def build(self, spec):
            return torch.nn.Identity()

    with pytest.raises(Exception, match=r"^augmentation adaptive: build returned Identity: .*AugmentationModule$"):
        trainer(replace(small(), augmentations=(Plain(),)))
