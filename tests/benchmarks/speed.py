"""The trainer's speed, over a bare loop and over the plain DCGAN tutorial loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from benchmarks.ratio import THREADS, Ratio, threads, times_as_fast
from support.trainers import make_trainer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Registry
from artgan.recipe.compose import compose
from artgan.training.device import fast_precision
from artgan.training.trainer import Trainer

ROUNDS = 80


def measure(place: Path) -> Iterator[Ratio]:
    """Train by the default recipe beside either loop."""
    make = partial(default_trainer, load_plugins().registry, place / "cache")
    with threads(THREADS):
        game, bare = make(), make()
        yield Ratio("samples per second, of a bare loop's", times_as_fast(game.step, bare_step(bare), ROUNDS), 0.97)

        # as `artgan run` trains: in bfloat16 where the processor is fast at it; else shared arithmetic is the bound
        precision = fast_precision(torch.device("cpu"))
        game, tutorial = make(precision=precision), make()
        assert parameters(game.generator) == parameters(tutorial.generator)
        ratio = times_as_fast(game.step, tutorial_step(tutorial), ROUNDS)
        goal = 1.3 if precision == "bfloat16" else 1.05
        yield Ratio(f"samples per second in {precision}, of the DCGAN tutorial's", ratio, goal)


def default_trainer(registry: Registry, cache: Path, **training: Any) -> Trainer:
    tables = {"training": {"steps": 10**6, **training}, "loss": {"name": "bce"}}
    return make_trainer(compose(registry, tables, "default"), registry, cache)


def bare_step(game: Trainer) -> Callable[[], None]:
    """The same networks and arithmetic as the trainer's default, written out by hand."""
    generator, discriminator, average = game.generator, game.discriminator, game.ema.network
    optimisers = game.optimisers["generator"], game.optimisers["discriminator"]
    samples, batch, latent = game.data.samples, game.recipe.training.batch, game.recipe.generator.latent
    pairs: list[tuple[Tensor, Tensor]] = list(zip(average.parameters(), generator.parameters(), strict=True))
    pairs += [pair for pair in zip(average.buffers(), generator.buffers(), strict=True) if pair[0].is_floating_point()]
    averages, originals = ([pair[side].detach() for pair in pairs] for side in (0, 1))

    def step() -> None:
        chosen = torch.randint(len(samples), (batch,)).numpy()
        real = (torch.from_numpy(samples[chosen]).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        fake = generator(torch.randn(batch, latent), None)
        real_logits, fake_logits = discriminator(torch.cat([real, fake.detach()]), None).chunk(2)
        optimisers[1].zero_grad()
        (softplus(-real_logits) + softplus(fake_logits)).mean().backward()
        optimisers[1].step()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(False)
        optimisers[0].zero_grad()
        softplus(-discriminator(fake, None)).mean().backward()
        optimisers[0].step()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(averages, originals, 0.01)

    return step


def tutorial_step(game: Trainer) -> Callable[[], None]:
    """The loop of PyTorch's DCGAN tutorial on networks of the same sizes.

    Contiguous tensors, unfused Adam, real and fake in two passes, the discriminator not frozen in the generator's turn.
    """
    generator, discriminator = (
        network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # PyTorch's types lack it
        for network in (game.generator, game.discriminator)
    )
    optimisers = [torch.optim.Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in (generator, discriminator)]
    samples, batch, latent = game.data.samples, game.recipe.training.batch, game.recipe.generator.latent
    ones, zeros = torch.ones(batch), torch.zeros(batch)

    def judged(shown: Tensor, labels: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(discriminator(shown, None), labels)

    def step() -> None:
        chosen = torch.randint(len(samples), (batch,)).numpy()
        real = torch.from_numpy(samples[chosen]).float() / 127.5 - 1
        discriminator.zero_grad()
        judged(real, ones).backward()
        fake = generator(torch.randn(batch, latent), None)
        judged(fake.detach(), zeros).backward()
        optimisers[1].step()
        generator.zero_grad()
        judged(fake, ones).backward()
        optimisers[0].step()

    return step


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
