"""The trainer's speed, as ratios measured in one run: over a bare loop, and over the plain DCGAN tutorial loop.

The steps of both alternate, so that whatever else the machine does falls on each alike; a ratio is the median of the
pairs'.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from artgan.recipe.compose import compose
from artgan.training.device import fast_precision
from artgan.training.trainer import Trainer

pytestmark = pytest.mark.slow

ROUNDS = 120
WARM_UP_ROUNDS = 5
THREADS = 2


@pytest.fixture
def default_trainer(registry, trainer):
    """Two threads, as on the machine that the defaults were made for."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    yield lambda **tables: trainer(compose(registry, {"training": {"steps": 10**6}, **tables}, "default"))
    torch.set_num_threads(before)


def times_as_fast(benchmark: BenchmarkFixture, step: Callable[[], None], rival: Callable[[], None]) -> float:
    """Return how many steps are taken in the time of one of the rival's; each round takes one of both."""
    lasted: list[float] = []

    def let_the_rival_step() -> None:
        start = time.perf_counter()
        rival()
        lasted.append(time.perf_counter() - start)

    for _ in range(WARM_UP_ROUNDS):
        rival()
        step()
    benchmark.pedantic(step, setup=let_the_rival_step, rounds=ROUNDS)
    own = benchmark.stats.stats.data
    ratio = median(theirs / ours for theirs, ours in zip(lasted, own, strict=True))
    benchmark.extra_info["ratio"] = ratio
    return ratio


def bare_step(game: Trainer) -> Callable[[], None]:
    """The same networks and arithmetic as the trainer's default, written out by hand."""
    generator, discriminator, average = game.generator, game.discriminator, game.ema.network
    optimisers = game.optimisers["generator"], game.optimisers["discriminator"]
    samples, batch, latent = game.data.samples, game.recipe.training.batch, game.recipe.generator.latent
    pairs = list(zip(average.parameters(), generator.parameters(), strict=True))
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
        network.to(memory_format=torch.contiguous_format) for network in (game.generator, game.discriminator)
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


def test_the_trainer_costs_at_most_three_percent_over_a_bare_loop(default_trainer, benchmark, capsys):
    game, bare = (default_trainer(loss={"name": "bce"}) for _ in range(2))
    ratio = times_as_fast(benchmark, game.step, bare_step(bare))
    with capsys.disabled():
        print(f"\ntrainer over bare loop: {ratio:.3f} of its samples per second")
    assert ratio >= 0.97


def test_the_trainer_beats_the_tutorial_loop(default_trainer, benchmark, capsys):
    """As `artgan run` trains: in bfloat16 where the processor is fast at it; else shared arithmetic is the bound."""
    precision = fast_precision(torch.device("cpu"))
    game = default_trainer(loss={"name": "bce"}, training={"steps": 10**6, "precision": precision})
    tutorial = default_trainer(loss={"name": "bce"})
    ratio = times_as_fast(benchmark, game.step, tutorial_step(tutorial))
    with capsys.disabled():
        print(f"\ntrainer ({precision}) over tutorial loop: {ratio:.2f} times its samples per second")
    assert parameters(game.generator) == parameters(tutorial.generator)
    assert ratio >= (1.3 if precision == "bfloat16" else 1.05)
