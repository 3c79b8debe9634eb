"""A batch in shards: each is played on its own, and what they add up to is one step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn
from training.test_adaptation import Adaptive

from artgan import UsageError
from artgan.training.processes import ALONE
from artgan.training.shards import Shards


def shown_to(network: nn.Module) -> list[torch.Tensor]:
    """Return a list that will hold what a network is shown."""
    shown: list[torch.Tensor] = []
    network.register_forward_pre_hook(lambda module, inputs: shown.append(inputs[0].detach().clone()))
    return shown


TEXTS = {"dataset": {"name": "names"}, "generator": {"name": "rnn", "width": 8, "latent": 4}}
RECIPES = {
    "batch norm": {"discriminator": {"norm": "batch"}, "loss": {"name": "relativistic"}},
    "penalties": {"penalty": [{"name": "r1", "interval": 2}, {"name": "r2"}, {"name": "gp", "interval": 3}]},
    "augmentations": {"augmentation": [{"name": "diffaug", "probability": 0.5}, {"name": "flip"}]},
    "updates": {
        "discriminator_optimiser": {"updates": 2},
        "generator_optimiser": {"updates": 2, "clip": 1.0},
        "loss": {"name": "wgan"},
    },
    "bfloat16": {"training": {"precision": "bfloat16"}, "loss": {"name": "mse"}},
    **{name: {**TEXTS, "estimator": {"name": name}} for name in ("ratio", "reinforce", "expected", "gumbel")},
    "likelihood": {**TEXTS, "training": {"pretrain": 2, "likelihood": 0.5}},
}


def game_of(small, trainer, tables, shards):
    tables = {key: dict(table) if isinstance(table, dict) else table for key, table in tables.items()}
    tables["training"] = {**tables.get("training", {}), "shards": shards, "steps": 6, "batch": 8}
    if tables.get("generator", {}).get("name") == "rnn":
        tables["discriminator"] = {"name": "rnn", "width": 8}
    return trainer(small(**tables))


QUICK = ("batch norm", "augmentations", "ratio")


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(tables, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, tables in RECIPES.items()
    ],
)
def test_stopped_and_resumed_equals_never_stopped_bit_for_bit(small, trainer, tables):
    whole, first, second = (game_of(small, trainer, tables, 4) for _ in range(3))
    start = {name: tensor.clone() for name, tensor in whole.state().items()}
    for _ in range(3):
        whole.step()
    for _ in range(2):
        first.step()
    torch.manual_seed(1234)
    second.load_state({name: tensor.clone().contiguous() for name, tensor in first.state().items()}, 2)
    second.step()
    expected, actual = whole.state(), second.state()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(expected[name], actual[name]) for name in expected)

    for player in ("generator.", "discriminator."):
        assert any(not torch.equal(expected[name], start[name]) for name in start if name.startswith(player))
    assert all(torch.tensor(value).isfinite() for value in whole.read_scalars().values())


def test_no_network_sees_more_than_one_shard_at_once(small, trainer):
    game = trainer(small(training={"shards": 4}))
    judged, made_of = shown_to(game.discriminator), shown_to(game.generator)
    game.step()
    assert [len(samples) for samples in judged] == [8] * 4 + [4] * 4
    assert [len(latents) for latents in made_of] == [4] * 8


def test_the_shards_of_a_batch_are_its_real_samples_in_their_order(small, trainer):
    whole, cut = trainer(small()), trainer(small(training={"shards": 4}))
    seen, parts = shown_to(whole.discriminator), shown_to(cut.discriminator)
    whole.step()
    cut.step()
    assert torch.equal(seen[0][:16], torch.cat([part[:4] for part in parts[:4]]))


def test_the_generator_learns_from_the_fakes_that_the_discriminator_was_shown(small, trainer):
    game = trainer(small(training={"shards": 4}))
    judged, made_of = shown_to(game.discriminator), shown_to(game.generator)
    game.step()
    for first, again in zip(judged[:4], judged[4:], strict=True):
        assert torch.equal(first[4:], again)
    assert torch.equal(torch.cat(made_of[:4]), torch.cat(made_of[4:]))
    assert len(torch.cat(made_of[:4]).unique(dim=0)) == 16, "each shard has latents of its own"


def test_the_gradient_is_that_of_the_whole_batch_where_samples_do_not_meet():
    torch.manual_seed(0)
    network, batch = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)), torch.randn(12, 3)
    gradients = []
    for count in (1, 2, 3, 6, 12):
        network.zero_grad()
        parts = batch.split(12 // count)
        loss = partial(lambda parts, shard: network(parts[shard]).mean(), parts)
        Shards(count, ALONE).differentiate([*network.parameters()], [network], loss)
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in network.parameters()]))
    for gradient in gradients[1:]:
        torch.testing.assert_close(gradient, gradients[0])


class Normalised(nn.Module):
    """Batch norm, beside a mask that never changes and a parameter that nothing uses."""

    mask: torch.Tensor

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)
        self.unused = nn.Parameter(torch.ones(2))
        self.register_buffer("mask", torch.tensor([0.1, -torch.inf]))

    def forward(self, samples):
        return (self.norm(samples) + self.mask.exp()).square()


def test_each_shard_is_normalised_by_itself_and_the_mean_of_their_statistics_stays():
    torch.manual_seed(0)
    network, batch = Normalised(), torch.randn(12, 2) * 3 + 1
    parts, mask = batch.split(4), network.mask.clone()
    Shards(3, ALONE).differentiate([*network.parameters()], [network], lambda shard: network(parts[shard]).mean())
    torch.testing.assert_close(network.norm.running_mean, 0.1 * torch.stack([part.mean(0) for part in parts]).mean(0))
    torch.testing.assert_close(
        network.norm.running_var, 0.9 + 0.1 * torch.stack([part.var(0) for part in parts]).mean(0)
    )
    assert network.norm.num_batches_tracked == 1, "the shards are one batch"
    assert torch.equal(network.mask, mask), "what no shard changes stays to the last bit, though it be infinite"
    assert torch.equal(network.unused.grad, torch.zeros(2))


def test_an_augmentation_adapts_once_an_update_to_how_all_shards_were_judged(small, trainer):
    game = trainer(replace(small(training={"shards": 4}), augmentations=(Adaptive(),)))
    told, adapt = [], game.augmentations[0].adapt

    def adapt_and_tell(logits, seen):
        told.append((len(logits), seen))
        return adapt(logits, seen)

    game.augmentations[0].adapt = adapt_and_tell
    game.step()
    game.step()
    assert told == [(16, 16), (16, 32)]
    assert "adaptive_strength" in game.read_scalars()


@pytest.mark.parametrize(
    ("batch", "shards", "advice"), [(64, 6, "--shards 4, or --batch 66"), (6, 8, "6, or --batch 8")]
)
def test_a_batch_that_cannot_be_cut_so_is_refused_and_the_nearest_are_named(small, batch, shards, advice):
    with pytest.raises(UsageError, match=rf"^a batch of {batch} cannot be cut into {shards} equal .*{advice}$"):
        small(training={"batch": batch, "shards": shards})


def test_another_number_of_shards_is_another_game(small, trainer):
    one, other = trainer(small(training={"shards": 2})), trainer(small(training={"shards": 4}))
    one.step()
    other.step()
    assert not all(map(torch.equal, one.generator.parameters(), other.generator.parameters()))
