"""The modules behind the built-in estimators of tokens."""

from __future__ import annotations

from functools import cached_property
from typing import cast

import torch
from torch import Tensor

from artgan.interfaces import Round
from artgan.interfaces.networks import EstimatorModule, ExplicitGenerator, GeneratorNetwork, RelaxedGenerator

from .one_hot import before_end, tokens_of
from .varied_round import VariedRound


class ReinforceEstimator(EstimatorModule):
    """Makes what was drawn likelier by how much better than usual the discriminator finds it.

    Args:
        discount: weight of the next token's reward against this one's.
        decay: how much of the moving baseline is new at each step.
        ends: whether token 0 ends a sample.
    """

    baseline: Tensor
    steps: Tensor

    def __init__(self, discount: float, decay: float, ends: bool) -> None:
        super().__init__()
        self.discount, self.decay, self.ends = discount, decay, ends
        self.register_buffer("baseline", torch.zeros(()))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        with torch.no_grad():
            return generator(latents, labels)

    def objective(self, values: Tensor, turn: Round, generator: GeneratorNetwork) -> Tensor:
        """Return what is minimised.

        Args:
            values: the loss at each token (B, L), or of each sample (B,), which then is the reward of all its tokens.
            turn: the round as `generator_round` gave it.
            generator: which made its fakes.
        """
        tokens = tokens_of(turn.fake)
        weights = before_end(tokens, self.ends).to(values.dtype)
        rewards = -values.detach()
        if rewards.dim() == 1:
            returns = rewards[:, None].expand_as(weights)
        else:
            returns = discounted(rewards, weights, self.discount)
        mean = (returns * weights).sum() / weights.sum()
        moved = self.baseline + self.decay * (mean - self.baseline)
        self.baseline.copy_(torch.where(self.steps == 0, mean, moved))
        self.steps += 1
        logarithms = cast(ExplicitGenerator, generator).log_distribution(tokens, turn.latents, turn.fake_labels)
        scores = logarithms.gather(2, tokens[:, :, None]).squeeze(2)
        return -((returns - self.baseline) * scores * weights).sum() / weights.sum()


class EveryToken(VariedRound):
    """A round in which the logits of the fakes are those of every token at each place, (B, L, V)."""

    @property
    def real_logits(self) -> Tensor:
        """Those of the reals, (B, L, 1)."""
        return self.turn.real_logits[:, :, None]

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of every token at each place of the fakes, (B, L, V)."""
        return self.discriminator.token_logits(self.fake, self.fake_labels, None)


class ExpectedEstimator(EstimatorModule):
    """Minimises the expected loss over every token that might stand at a place, given those that were drawn before it.

    What a token does to those after it is still learned from the drawn one, against the mean at its place.

    Args:
        discount: weight of the next token's reward against this one's.
        entropy: what a nat of entropy of the distribution at a place is worth.
        ends: whether token 0 ends a sample.
    """

    def __init__(self, discount: float, entropy: float, ends: bool) -> None:
        super().__init__()
        self.discount, self.entropy, self.ends = discount, entropy, ends

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        with torch.no_grad():
            return generator(latents, labels)

    def generator_round(self, turn: Round, generator: GeneratorNetwork) -> Round:
        return EveryToken(turn)

    def objective(self, values: Tensor, turn: Round, generator: GeneratorNetwork) -> Tensor:
        """Return what is minimised.

        Args:
            values: the loss at every token (B, L, V), or of each sample (B,).
            turn: the round as `generator_round` gave it.
            generator: which made its fakes.
        """
        tokens = tokens_of(turn.fake)
        weights = before_end(tokens, self.ends).to(values.dtype)
        logarithms = cast(ExplicitGenerator, generator).log_distribution(tokens, turn.latents, turn.fake_labels)
        scores = logarithms.gather(2, tokens[:, :, None]).squeeze(2)
        values = values.detach()
        if values.dim() == 1:
            return (scores * (values - values.mean())[:, None] * weights).sum() / weights.sum()
        costs = values + self.entropy * logarithms if self.entropy else values
        expected = (logarithms.exp() * costs).sum(2)
        drawn = values.gather(2, tokens[:, :, None]).squeeze(2)
        later = discounted(drawn, weights, self.discount) - drawn
        usual = (later * weights).sum(0) / weights.sum(0).clamp(min=1)
        return ((expected + (later - usual) * scores) * weights).sum() / weights.sum()


def discounted(values: Tensor, weights: Tensor, discount: float) -> Tensor:
    """Return the discounted sum (B, L) of a token's value and those of all that follow it, each with its weight."""
    values = values * weights
    sums = [values[:, -1]]
    for place in range(values.shape[1] - 2, -1, -1):
        sums.append(values[:, place] + discount * sums[-1])
    return torch.stack(sums[::-1], 1)


class GumbelEstimator(EstimatorModule):
    """Differentiates relaxed tokens.

    Args:
        first: temperature at the first step.
        last: temperature at the last step.
    """

    temperature: Tensor

    def __init__(self, first: float, last: float) -> None:
        super().__init__()
        self.first, self.last = first, last
        self.register_buffer("temperature", torch.tensor(first))

    def begin(self, progress: float) -> None:
        """Set the temperature of a step.

        Args:
            progress: the share of the run that is done.
        """
        self.temperature.fill_(self.first * (self.last / self.first) ** progress)

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(RelaxedGenerator, generator).relaxed(latents, labels, float(self.temperature))
