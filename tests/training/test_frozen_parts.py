"""A part of a discriminator that never learns: in no optimiser and no checkpoint, by its digest in the recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn

from artgan import UsageError, hookimpl
from artgan.interfaces import Discriminator, Workspace
from artgan.interfaces.networks import FrozenModule
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Source
from artgan.recipe.compose import compose, merge
from artgan.recipe.recipe import FROZEN
from artgan.testing import NonConforming, check_discriminator
from artgan.training.trainer import Trainer


def features(factor: float = 1.0) -> FrozenModule:
    """Return a feature network whose weights are always the same."""
    convolution = nn.Conv2d(1, 4, 3, padding=1)
    with torch.no_grad():
        convolution.weight.copy_(factor * torch.linspace(-1, 1, 36).view(4, 1, 3, 3))
        convolution.bias.zero_()
    return FrozenModule(nn.Sequential(convolution, nn.BatchNorm2d(4), nn.ReLU()))


class Critic(nn.Module):
    """Judges by features that never learn."""

    def __init__(self, factor):
        super().__init__()
        self.features = features(factor)
        self.logit = nn.Linear(4, 1)

    def forward(self, samples, labels=None):
        return self.logit(self.features(samples.mean(1, keepdim=True)).mean((2, 3))).squeeze(1)


@dataclass(frozen=True)
class Perceptual(Discriminator):
    """Judges by features that never learn."""

    name = "perceptual"
    gives = frozenset({"sample-gradient"})

    def frozen_digests(self):
        return {"features": features().digest()}

    def build(self, spec):
        return Critic(1.0)


class Other(Perceptual):
    """The same, of a later version that ships other weights."""

    def frozen_digests(self):
        return {"features": features(2.0).digest()}

    def build(self, spec):
        return Critic(2.0)


def registry_of(component):
    class Plugin:
        @hookimpl
        def register_discriminators(self):
            return [component]

    plugins = load_plugins()
    plugins.register(Plugin(), Source("perceptual", "test", ""))
    return plugins.registry


@pytest.fixture
def perceptual(small):
    """A recipe whose discriminator has a frozen part."""
    return replace(small(), discriminator=Perceptual())


def test_it_conforms():
    check_discriminator(Perceptual)


def test_it_never_changes_while_the_rest_learns(perceptual, trainer):
    game = trainer(perceptual)
    before = game.discriminator.features.digest(), game.discriminator.logit.weight.clone()
    game.discriminator.train()
    for _ in range(3):
        game.step()
    assert game.discriminator.features.digest() == before[0]
    assert not torch.equal(game.discriminator.logit.weight, before[1])


def test_it_is_in_neither_optimiser_nor_checkpoint(perceptual, trainer):
    game = trainer(perceptual)
    game.step()
    moved = [
        parameter.shape for group in game.optimisers["discriminator"].param_groups for parameter in group["params"]
    ]
    assert moved == [(1, 4), (1,)]
    assert [name for name in game.state() if name.startswith("discriminator.")] == [
        "discriminator.logit.weight",
        "discriminator.logit.bias",
    ]


def test_the_batch_norm_of_a_frozen_part_does_not_make_the_discriminator_see_batches(perceptual, trainer):
    game, sizes = trainer(perceptual), []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    game.step()
    assert sizes == [32, 16]


def test_stopped_and_resumed_equals_never_stopped_bit_for_bit(perceptual, trainer):
    whole, first, second = (trainer(perceptual) for _ in range(3))
    for _ in range(6):
        whole.step()
    for _ in range(2):
        first.step()
    second.load_state({name: tensor.clone() for name, tensor in first.state().items()}, 2)
    for _ in range(4):
        second.step()
    assert all(torch.equal(tensor, second.state()[name]) for name, tensor in whole.state().items())


def test_a_state_that_lacks_what_learns_is_refused(perceptual, trainer):
    game = trainer(perceptual)
    state = {name: tensor for name, tensor in game.state().items() if name != "discriminator.logit.bias"}
    with pytest.raises(UsageError, match="does not fit the recipe's discriminator"):
        game.load_state(state, 1)


def test_the_recipe_records_its_digest_and_refuses_another_in_one_line(small):
    then, now = registry_of(Perceptual), registry_of(Other)
    wanted = merge(small().tables(then), {"discriminator": {"name": "perceptual"}})
    tables = compose(then, wanted, None).tables(then)
    assert tables["discriminator"][FROZEN] == {"features": features().digest()}
    assert compose(then, tables, None).tables(then) == tables
    with pytest.raises(UsageError, match=r"its frozen part 'features' is .* but the recipe was made with") as raised:
        compose(now, tables, None)
    assert "\n" not in str(raised.value)


def test_another_discriminator_may_play_in_its_place(small):
    registry = registry_of(Perceptual)
    tables = compose(registry, merge(small().tables(registry), {"discriminator": {"name": "perceptual"}}), None).tables(
        registry
    )
    assert FROZEN not in compose(registry, merge(tables, {"discriminator": {"name": "mlp"}}), None).tables(registry)


class Undeclared(Perceptual):
    """Does not say that a part never learns."""

    def frozen_digests(self):
        return {}


class Absent(Perceptual):
    """Declares a part that is not there."""

    def frozen_digests(self):
        return {"features": features().digest(), "more": "0" * 64}


class Wrong(Perceptual):
    """Declares other weights than it has."""

    def frozen_digests(self):
        return {"features": features(3.0).digest()}


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (Undeclared, "frozen_digests() does not name its frozen part 'features'"),
        (Absent, "frozen_digests() names 'more', which is no FrozenModule of its network"),
        (Wrong, "its frozen part 'features' has another digest than frozen_digests() says"),
    ],
)
def test_parts_that_are_not_as_declared_are_refused_before_the_first_step(small, trainer, component, words):
    with pytest.raises(UsageError) as raised:
        trainer(replace(small(), discriminator=component()))
    assert words in str(raised.value)
    with pytest.raises(NonConforming) as found:
        check_discriminator(component)
    assert words in str(found.value)


def test_gradients_pass_through_it_to_the_generator(perceptual, registry, tmp_path):
    data = perceptual.dataset.open(Workspace(cache=tmp_path))
    game = Trainer(recipe=perceptual, data=data, modality=registry.modality(data.spec), device=torch.device("cpu"))
    before = [weight.clone() for weight in game.generator.parameters()]
    game.step()
    assert any(not torch.equal(now, then) for now, then in zip(game.generator.parameters(), before, strict=True))
