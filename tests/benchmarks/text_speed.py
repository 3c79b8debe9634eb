"""The speed of text: training over a bare loop, drawing a batch over drawing one text after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from benchmarks.ratio import THREADS, Ratio, threads, times_as_fast
from support.trainers import make_trainer
from torch import Tensor
from torch.nn import functional as F

from artgan.builtin.estimator import Ratio as RatioEstimate
from artgan.builtin.networks.recurrent import RnnDiscriminator, RnnGenerator
from artgan.builtin.networks.vocabulary_costs import drawn_tokens, ratio_cost
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.training.trainer import Trainer

ROUNDS, BATCHES_DRAWN, TEXTS = 80, 5, 128


def measure(place: Path) -> Iterator[Ratio]:
    """Train by the default recipe of text, and draw from its generator."""
    registry = load_plugins().registry
    tables = {"training": {"steps": 10**6}, "generator": {"name": "rnn"}, "loss": {"name": "bce"}}
    with threads(THREADS):
        game, bare = (make_trainer(compose(registry, tables, "scratch"), registry, place / "cache") for _ in range(2))
        yield Ratio("tokens per second, of a bare loop's", times_as_fast(game.step, bare_step(bare), ROUNDS), 0.97)

        network = game.ema.network
        assert isinstance(network, RnnGenerator)
        latents = torch.randn(TEXTS, game.recipe.generator.latent)
        ratio = times_as_fast(
            lambda: network.draw(latents), lambda: [network.draw(row[None]) for row in latents], BATCHES_DRAWN
        )
        yield Ratio(f"texts per second drawn {TEXTS} at once, of those drawn one by one", ratio, 5)


def bare_step(game: Trainer) -> Callable[[], None]:
    """The same networks and arithmetic as the trainer's default for text, written out by hand."""
    generator, discriminator, estimator = game.generator, game.discriminator, game.recipe.estimator
    assert isinstance(generator, RnnGenerator)
    assert isinstance(discriminator, RnnDiscriminator)
    assert isinstance(estimator, RatioEstimate)
    optimisers = game.optimisers["generator"], game.optimisers["discriminator"]
    samples, batch, latent = game.data.samples, game.recipe.training.batch, game.recipe.generator.latent
    bound = estimator.bound
    averages, originals = (
        [weight.detach() for weight in network.parameters()] for network in (game.ema.network, generator)
    )

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
            head = generator.next_token_head(real, latents, None)
            drawn = drawn_tokens(head.at(torch.ones_like(real, dtype=torch.bool)), torch.rand(real.numel(), 1))
            drawn = drawn.view(real.shape)
        judged = torch.stack([tokens, torch.cat([tokens[:batch], drawn])], 2)
        after_own, after_real = discriminator.token_logits(tokens, None, judged).chunk(2)
        real_logits, fake_logits = after_real[:, :, 0], (after_own[:, :, 0], after_real[:, :, 1])
        fake_values = (F.softplus(fake_logits[0]) + F.softplus(fake_logits[1])) / 2
        update(optimisers[1], discriminator, (F.softplus(-real_logits) + fake_values).mean())
        every = torch.ones_like(tokens, dtype=torch.bool)
        aimed = generator.next_token_head(tokens, latents.repeat(2, 1), None).at(every)
        with torch.no_grad():
            ratios = discriminator.token_logits_head(tokens, None).at(every)
        update(optimisers[0], generator, ratio_cost(aimed, ratios, bound))
        with torch.no_grad():
            torch._foreach_lerp_(averages, originals, 0.005)

    return step
