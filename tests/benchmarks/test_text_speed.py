"""The speed of text, as ratios measured in one run: training over a bare loop, drawing over one text after another."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from artgan.builtin.networks.one_hot import pick
from artgan.recipe.compose import compose
from artgan.training.trainer import Trainer

pytestmark = pytest.mark.slow

ROUNDS, WARM_UP_ROUNDS, THREADS = 120, 5, 2


@pytest.fixture
def default_trainer(registry, trainer):
    """Two threads, as on the machine that the defaults were made for."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    tables = {"training": {"steps": 10**6}, "generator": {"name": "rnn"}, "loss": {"name": "bce"}}
    yield lambda: trainer(compose(registry, tables, "scratch"))
    torch.set_num_threads(before)


def ratio_of(step: Callable[[], object], rival: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return how many steps are taken in the time of one of the rival's; they take turns."""
    ratios = []
    for number in range(WARM_UP_ROUNDS + rounds):
        start = time.perf_counter()
        rival()
        middle = time.perf_counter()
        step()
        if number >= WARM_UP_ROUNDS:
            ratios.append((middle - start) / (time.perf_counter() - middle))
    return median(ratios)


def bare_step(game: Trainer) -> Callable[[], None]:
    """The same networks and arithmetic as the trainer's default for text, written out by hand."""
    generator, discriminator = game.generator, game.discriminator
    optimisers = game.optimisers["generator"], game.optimisers["discriminator"]
    samples, batch, latent = game.data.samples, game.recipe.training.batch, game.recipe.generator.latent
    vocabulary, bound = game.data.spec.vocabulary, game.recipe.estimator.bound
    averages, originals = (list(network.parameters()) for network in (game.ema.network, generator))

    def one_hot(tokens: Tensor) -> Tensor:
        return F.one_hot(tokens, vocabulary).float()

    def update(optimiser: torch.optim.Optimizer, network: torch.nn.Module, loss: Tensor) -> None:
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()

    def step() -> None:
        chosen = torch.randint(len(samples), (batch,)).numpy()
        real = torch.from_numpy(samples[chosen]).long()
        latents = torch.randn(batch, latent)
        tokens = torch.cat([generator.draw(latents), real])
        with torch.no_grad():
            chances = generator.log_distribution(real, latents, None).exp().flatten(0, 1)
            drawn = pick(chances, torch.rand(len(chances), 1)).view(real.shape)
        chosen = torch.stack([tokens, torch.cat([tokens[:batch], drawn])], 2)
        after_own, after_real = discriminator.token_logits(one_hot(tokens), None, chosen).chunk(2)
        real_logits, fake_logits = after_real[:, :, 0], (after_own[:, :, 0], after_real[:, :, 1])
        fake_values = (F.softplus(fake_logits[0]) + F.softplus(fake_logits[1])) / 2
        update(optimisers[1], discriminator, (F.softplus(-real_logits) + fake_values).mean())
        logarithms = generator.log_distribution(tokens, latents.repeat(2, 1), None)
        with torch.no_grad():
            ratios = discriminator.token_logits(one_hot(tokens), None, None).clamp(max=bound)
            estimated = (logarithms + ratios).softmax(2)
        update(optimisers[0], generator, -(estimated * logarithms).sum(2).mean())
        with torch.no_grad():
            torch._foreach_lerp_(averages, originals, 0.005)

    return step


def test_training_draws_at_least_97_of_100_tokens_of_a_bare_loop(default_trainer, capsys):
    game, bare = default_trainer(), default_trainer()
    ratio = ratio_of(game.step, bare_step(bare))
    with capsys.disabled():
        print(f"\ntext, trainer over bare loop: {ratio:.3f} of its tokens per second")
    assert ratio >= 0.97


def test_a_batch_is_drawn_much_faster_than_text_after_text(default_trainer, capsys):
    network = default_trainer().ema.network
    latents = torch.randn(128, network.start.in_features)
    ratio = ratio_of(lambda: network.draw(latents), lambda: [network.draw(row[None]) for row in latents], rounds=5)
    with capsys.disabled():
        print(f"\ndrawing 128 texts at once over one by one: {ratio:.1f} times as fast")
    assert ratio >= 5
