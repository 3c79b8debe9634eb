"""How likely held-out samples are under a run's average generator, as that would be minimised."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from artgan.interfaces import Data, Spec
from artgan.recipe.compose import compose
from artgan.training.held_out_loss import MAX_SAMPLES, held_out_standing, learns_by_likelihood
from artgan.training.trainer import Trainer

TOKENS = ("", *"abcdef")
NETWORKS = {"generator": {"name": "rnn", "width": 8, "embedding": 4}, "discriminator": {"name": "rnn", "width": 8}}


@pytest.fixture
def trainer(registry):
    """Make a trainer whose dataset holds out so many samples itself."""

    def make(count: int, **training: object) -> Trainer:
        random = np.random.default_rng(0)
        drawn = random.integers(1, 7, (300 + count, 12)).astype(np.uint8)
        drawn[np.arange(12) >= random.integers(1, 13, (len(drawn), 1))] = 0
        spec = Spec("text", (12, 7), (), 7, TOKENS, {"tokeniser": "char"})
        data = Data(
            spec, drawn[:300], None, "0" * 64, "letters", "none", "drawn", held_out=drawn[300:] if count else None
        )
        tables = {**NETWORKS, "training": {"steps": 10, "pretrain": 1.0, "precision": "float32", **training}}
        recipe = compose(registry, {**tables, "dataset": {"name": "names"}, "loss": {"name": "bce"}}, None)
        return Trainer(recipe=recipe, data=data, modality=registry.modality(spec), device=torch.device("cpu"))

    return make


def test_is_the_mean_over_the_tokens_of_samples_that_nothing_is_trained_on(trainer):
    own = trainer(100)
    network = own.ema.network
    network.start.weight.zero_()  # so that latents change nothing
    network.layer.weight_ih_l0[:, 4:] = 0
    standing = held_out_standing(own)
    tokens = torch.from_numpy(own.data.held_out.astype(np.int64))
    kept = (tokens != 0).cumprod(1).roll(1, 1)
    kept[:, 0] = 1
    each = network.log_distribution(tokens, torch.zeros(100, own.recipe.generator.latent), None)
    costs = -(each.gather(2, tokens[:, :, None]).squeeze(2) * kept)
    assert standing.value == pytest.approx(float(costs.sum() / kept.sum()), rel=1e-5)

    # What a text costs beyond its length is chance.
    beyond = costs.sum(1) - kept.sum(1) * costs.sum() / kept.sum()
    error = float(beyond.std() / 100**0.5 / kept.sum(1).double().mean())
    assert standing.error == pytest.approx(error, rel=1e-5)


def test_is_the_same_at_each_look_and_disturbs_no_draw(trainer):
    own = trainer(MAX_SAMPLES + 50)
    torch.manual_seed(3)
    first, after = held_out_standing(own), torch.rand(1)
    torch.manual_seed(4)
    assert held_out_standing(own) == first
    assert torch.equal(after, torch.rand(1, generator=torch.Generator().manual_seed(3)))


def test_there_is_none_where_nothing_is_held_out(trainer):
    assert held_out_standing(trainer(0, held_out=0.0)) is None


@pytest.mark.parametrize(
    ("pretrain", "step", "learns"),
    [(1.0, 100, True), (0.6, 60, True), (0.6, 61, False), (0.5, 10, False), (0.0, 1, False)],
)
def test_a_run_learns_by_likelihood_where_most_of_it_does(trainer, pretrain, step, learns):
    training = trainer(100, steps=100, pretrain=pretrain).recipe.training
    assert learns_by_likelihood(training, step) is learns
