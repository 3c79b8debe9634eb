"""The game: who moves when, what is frozen, and what a step changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from support.builtins import REGISTRY
from support.self_supervised import SelfSupervised
from support.stepped import Stepped
from torch import nn

from artgan import UsageError
from artgan.builtin.generator import CnnGenerator
from artgan.interfaces import Generator, Loss


def weights(network: nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def changed(network: nn.Module, before: list[torch.Tensor]) -> bool:
    return any(not torch.equal(now, then) for now, then in zip(network.parameters(), before, strict=True))


GENERATORS = [REGISTRY.get(Generator, name) for name in REGISTRY.names(Generator)]
PLAYERS = [(player.name, player.opponent) for player in GENERATORS if player.serves("image", "pixels")]


@pytest.mark.parametrize("loss", [*REGISTRY.names(Loss), "bce:smoothing=0.1"])
@pytest.mark.parametrize(("generator", "discriminator"), PLAYERS)
def test_every_loss_trains_every_generator_and_its_opponent(registry, small, trainer, loss, generator, discriminator):
    name, _, option = loss.partition(":")
    table = {"name": name} | dict([option.split("=")] if option else [])
    game = trainer(small(loss=table, generator={"name": generator}, discriminator={"name": discriminator}))
    before = weights(game.generator), weights(game.discriminator)
    for _ in range(3):
        game.step()
    assert changed(game.generator, before[0])
    assert changed(game.discriminator, before[1])
    assert all(torch.tensor(value).isfinite() for value in game.read_scalars().values())


def test_the_discriminator_sees_reals_and_fakes_mixed_in_one_batch_then_the_fakes_alone_again(small, trainer):
    game = trainer(small())
    shown: list[torch.Tensor] = []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: shown.append(inputs[0].detach().clone()))
    game.step()
    mixed, again = shown
    assert (len(mixed), len(again)) == (32, 16)
    assert torch.equal(mixed[16:], again)


def test_the_relativistic_generator_is_shown_the_reals_too(small, trainer):
    game = trainer(small(loss={"name": "relativistic"}))
    sizes: list[int] = []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    game.step()
    assert sizes == [32, 32]


def test_a_discriminator_with_batch_norm_sees_the_same_kind_of_batch_in_both_turns(small, trainer):
    game = trainer(small(dataset={"name": "tiles"}, discriminator={"norm": "batch"}))
    sizes: list[int] = []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    game.step()
    assert sizes == [32, 32]


def test_the_discriminator_is_frozen_while_the_generator_moves(small, trainer):
    game = trainer(small())
    learning: list[bool] = []
    game.discriminator.register_forward_pre_hook(
        lambda module, inputs: learning.append(all(p.requires_grad for p in module.parameters()))
    )
    game.step()
    assert learning == [True, False]
    assert all(parameter.requires_grad for parameter in game.discriminator.parameters())


def test_updates_set_how_often_each_player_moves_in_a_step(small, trainer):
    game = trainer(small(discriminator_optimiser={"updates": 3}, generator_optimiser={"updates": 2}))
    sizes: list[int] = []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    game.step()
    assert sizes == [32, 32, 32, 16, 16]


def test_a_discriminator_that_is_another_in_each_step_is_told_which_begins_and_of_the_same_when_it_goes_on(
    small, trainer
):
    game = trainer(replace(small(), discriminator=Stepped()))
    for _ in range(3):
        game.step()
    resumed = trainer(replace(small(), discriminator=Stepped()))
    resumed.load_state(game.state(), game.steps)
    for each in (game, resumed):
        each.step()
    assert game.discriminator.told == [0, 1, 2, 3]
    assert resumed.discriminator.told == [3]
    assert all(map(torch.equal, game.state().values(), resumed.state().values()))


def test_a_discriminator_may_learn_something_of_real_samples_beside_judging_them(small, trainer):
    game = trainer(replace(small(), discriminator=SelfSupervised()))
    for _ in range(20):
        game.step()
    network = game.discriminator
    mean, learned = torch.cat(network.shown).mean(), network.mean.detach()
    assert len(network.shown) == 20, "real samples alone, in the discriminator's turn alone"
    assert all(len(shown) == 16 for shown in network.shown)
    assert 0 < learned / mean <= 1
    assert game.read_scalars()["loss_self_supervised"] > 0


@pytest.mark.parametrize("shards", [1, 2])
def test_what_it_learns_beside_counts_once_whatever_the_shards(small, trainer, shards):
    game = trainer(replace(small(training={"shards": shards}), discriminator=SelfSupervised()))
    game.optimisers["discriminator"] = descent = torch.optim.SGD(game.discriminator.parameters())
    game.step()
    mean = torch.cat(game.discriminator.shown).mean()
    assert torch.allclose(game.discriminator.mean, descent.param_groups[0]["lr"] * 2 * mean, rtol=1e-4)


def test_penalties_come_at_their_interval_and_weigh_that_much_more(small, trainer):
    game = trainer(small(penalty=[{"name": "r1", "interval": 3}], discriminator={"norm": "none"}))
    noted = []
    for _ in range(6):
        game.step()
        noted.append("penalty_r1" in game.read_scalars())
    assert noted == [True, False, False] * 2


def test_the_average_generator_trails_behind_and_ramps_up(small, trainer):
    game = trainer(small(training={"ema": 0.9}))
    game.step()
    first = weights(game.ema.network)
    decay = (1 + 1) / (10 + 1)
    start = trainer(small(training={"ema": 0.9})).generator
    for average, then, now in zip(first, start.parameters(), game.generator.parameters(), strict=True):
        torch.testing.assert_close(average, decay * then + (1 - decay) * now)
    for _ in range(200):
        game.ema.update(100, 0.9)
    for average, now in zip(game.ema.network.parameters(), game.generator.parameters(), strict=True):
        torch.testing.assert_close(average, now)


def test_learning_rates_fall_to_nothing_over_the_last_share_of_the_steps(small, trainer):
    game = trainer(small(training={"steps": 10, "decay": 0.5}, generator_optimiser={"lr": 0.2}))
    rates = []
    for _ in range(10):
        game.step()
        rates.append(game.optimisers["generator"].param_groups[0]["lr"])
    assert rates == pytest.approx([0.2] * 6 + [0.16, 0.12, 0.08, 0.04])


def test_rates_and_betas_of_both_players_follow_their_schedules(small, trainer):
    game = trainer(
        small(
            training={"steps": 4},
            generator_optimiser={"lr": "linear:0.4..0", "beta1": "linear:0.8..0"},
            discriminator_optimiser={"lr": 0.01, "beta2": "linear:0.8..1@0.5..1"},
        )
    )
    seen = []
    for _ in range(4):
        game.step()
        groups = [game.optimisers[player].param_groups[0] for player in ("generator", "discriminator")]
        seen.append([groups[0]["lr"], groups[0]["betas"][0], groups[1]["lr"], groups[1]["betas"][1]])
    expected = [[0.4, 0.8, 0.01, 0.8], [0.3, 0.6, 0.01, 0.8], [0.2, 0.4, 0.01, 0.8], [0.1, 0.2, 0.01, 0.9]]
    assert [number for row in seen for number in row] == pytest.approx([number for row in expected for number in row])


def test_a_scheduled_average_follows_its_decay(small, trainer):
    game = trainer(small(training={"steps": 3, "ema": "linear:0..0.9@0.5..1"}))
    for _ in range(2):
        game.step()
    assert not changed(game.ema.network, weights(game.generator)), "no average yet"
    game.step()
    assert changed(game.ema.network, weights(game.generator))


def test_a_penalty_weighs_what_its_schedule_says_at_the_step(small, trainer):
    def first_penalties(gamma):
        game, values = trainer(small(training={"steps": 4}, penalty=[{"name": "r1", "gamma": gamma}])), []
        for _ in range(2):
            game.step()
            values.append(game.read_scalars()["penalty_r1"])
        return values

    constant, scheduled = first_penalties(2.0), first_penalties("linear:2..0@0..0.25")
    assert scheduled[0] == constant[0] > 0
    assert scheduled[1] == 0 < constant[1]


@pytest.mark.parametrize("probability", [0.0, 0.25, 1.0])
def test_an_augmentation_changes_the_share_of_samples_that_its_probability_says(small, trainer, probability):
    table = {"name": "diffaug", "translation": 0, "cutout": 0, "probability": probability}
    game = trainer(small(training={"batch": 500}, augmentation=[table]))
    shown = []
    game.discriminator.register_forward_pre_hook(lambda module, inputs: shown.append(inputs[0].detach().clone()))
    original = game.modality.to_float(torch.from_numpy(game.data.samples.copy()))
    game.step()
    kept = sum(bool((original == sample).flatten(1).all(1).any()) for sample in shown[0][:500])
    assert kept / 500 == pytest.approx(1 - probability, abs=0.08)


def test_a_schedule_of_an_augmentation_is_asked_at_each_step(small, trainer):
    tables = [{"name": "diffaug", "probability": value} for value in ("linear:1..0@0..0.25", 1.0, 0.0)]
    scheduled, always, never = (trainer(small(training={"steps": 4}, augmentation=[table])) for table in tables)
    scheduled.step()
    always.step()
    never.step()
    assert not changed(scheduled.discriminator, weights(always.discriminator))
    assert changed(scheduled.discriminator, weights(never.discriminator))
    shown = []
    scheduled.discriminator.register_forward_pre_hook(lambda module, inputs: shown.append(inputs[0].detach()[:16]))
    scheduled.step()
    original = scheduled.modality.to_float(torch.from_numpy(scheduled.data.samples.copy()))
    assert all(bool((original == sample).flatten(1).all(1).any()) for sample in shown[0])


@pytest.mark.parametrize("name", ["AdamW", "SGD", "RMSprop", "RAdam", "Adagrad"])
def test_an_optimiser_is_one_of_torchs_by_name(small, trainer, name):
    game = trainer(small(generator_optimiser={"optimiser": name, "lr": 0.01}))
    before = weights(game.generator)
    game.step()
    assert type(game.optimisers["generator"]).__name__ == name
    assert changed(game.generator, before)


@pytest.mark.parametrize(("name", "words"), [("Adan", "did you mean 'Adam'"), ("LBFGS", "cannot"), ("nn", "no 'nn'")])
def test_an_optimiser_that_cannot_be_used_is_named(small, trainer, name, words):
    with pytest.raises(UsageError, match=words):
        trainer(small(generator_optimiser={"optimiser": name}))


def test_a_network_that_lacks_what_its_component_provides_is_refused_before_the_first_step(small, trainer):
    class Boastful(CnnGenerator):
        provides = CnnGenerator.provides | {"pretraining"}

    with pytest.raises(
        UsageError, match=r"^generator cnn: its network lacks what pretraining promises: .*Pretrainable"
    ):
        trainer(replace(small(), generator=Boastful(width=4, latent=8)))


RECIPES = {
    "plain": {},
    "penalties": {"penalty": [{"name": "r1", "interval": 2}, {"name": "r2"}, {"name": "gp", "interval": 3}]},
    "augmentations": {"augmentation": [{"name": "diffaug"}, {"name": "flip"}]},
    "adaptive augmentation": {
        "augmentation": [{"name": "ada", "initial": 0.5, "speed": 0.2}],
        "penalty": [{"name": "r1"}],
    },
    "decay": {"training": {"decay": 0.7}},
    "schedules": {
        "training": {"ema": "cosine:0.5..0.99"},
        "generator_optimiser": {"lr": "warmup:0.002@0.5", "beta2": "linear:0.9..0.99"},
        "penalty": [{"name": "r1", "gamma": "cosine:2..0.1"}],
        "augmentation": [{"name": "diffaug", "probability": "linear:1..0.2"}, {"name": "flip", "probability": 0.5}],
    },
    "bfloat16": {"training": {"precision": "bfloat16"}, "penalty": [{"name": "r1"}, {"name": "gp"}]},
    "updates": {"discriminator_optimiser": {"updates": 2}, "generator_optimiser": {"updates": 2}},
    "batch norm": {"discriminator": {"norm": "batch"}, "loss": {"name": "relativistic"}},
    "other optimisers": {
        "generator_optimiser": {"optimiser": "NAdam"},
        "discriminator_optimiser": {"optimiser": "RMSprop"},
    },
}


@pytest.mark.parametrize("tables", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("stop", [1, 5, 7])
def test_stopped_and_resumed_equals_never_stopped_bit_for_bit(small, trainer, tables, stop):
    whole, first, second = (trainer(small(**tables)) for _ in range(3))
    for _ in range(9):
        whole.step()
    for _ in range(stop):
        first.step()
    torch.manual_seed(1234)
    second.load_state({name: tensor.clone().contiguous() for name, tensor in first.state().items()}, stop)
    for _ in range(9 - stop):
        second.step()
    expected, actual = whole.state(), second.state()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(expected[name], actual[name]) for name in expected)


@pytest.mark.parametrize(
    "part", ["generator.", "discriminator.", "ema.", "optimiser.generator.", "optimiser.discriminator."]
)
def test_a_state_that_lacks_a_part_does_not_pass_for_whole(small, trainer, part):
    whole, second = trainer(small()), trainer(small())
    for _ in range(4):
        whole.step()
    state = {name: tensor.clone() for name, tensor in whole.state().items() if not name.startswith(part)}
    whole.step()
    try:
        second.load_state(state, 4)
    except UsageError:
        return
    second.step()
    assert any(not torch.equal(tensor, second.state()[name]) for name, tensor in whole.state().items())


def test_another_seed_is_another_run(small, trainer):
    one, other = trainer(small(training={"seed": 1})), trainer(small(training={"seed": 2}))
    assert changed(one.generator, weights(other.generator))
