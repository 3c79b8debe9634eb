"""The modules behind the built-in estimators."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from artgan.interfaces import Round

from .one_hot import before_end, pick, tokens_of


class PathwiseEstimator(nn.Module):
    """Lets the gradient flow through the samples."""

    def generate(self, generator: nn.Module, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(Tensor, generator(latents, labels))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        return values.mean()


class ReinforceEstimator(nn.Module):
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

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        self._generator = [generator]  # a list, so that its weights do not become this module's
        with torch.no_grad():
            return cast(Tensor, generator(latents, labels))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        """Return what is minimised.

        Args:
            values: the loss at each token (B, L), or of each sample (B,), which then is the reward of all its tokens.
            round: the turn.
        """
        tokens = tokens_of(round.fake)
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
        logarithms = self._generator[0].log_distribution(tokens, round.latents, round.fake_labels)
        scores = logarithms.gather(2, tokens[:, :, None]).squeeze(2)
        return cast(Tensor, -((returns - self.baseline) * scores * weights).sum() / weights.sum())


class EveryToken(Round):
    """A round in which the logits of the fakes are those of every token at each place, (B, L, V).

    Args:
        round: the round as it is played, whose discriminator gives ``token-logits``.
    """

    def __init__(self, round: Round) -> None:
        self.__dict__ |= round.__dict__
        self._round = round

    @property
    def real_logits(self) -> Tensor:
        """Those of the reals, (B, L, 1)."""
        return self._round.real_logits[:, :, None]

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of every token at each place of the fakes, (B, L, V)."""
        assert self.weigh
        return self.weigh(self.fake, self.fake_labels, None)


class ExpectedEstimator(nn.Module):
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

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        self._generator = [generator]  # as in `ReinforceEstimator`
        with torch.no_grad():
            return cast(Tensor, generator(latents, labels))

    def view(self, round: Round) -> Round:
        return EveryToken(round)

    def objective(self, values: Tensor, round: Round) -> Tensor:
        """Return what is minimised.

        Args:
            values: the loss at every token (B, L, V), or of each sample (B,).
            round: the turn.
        """
        tokens = tokens_of(round.fake)
        weights = before_end(tokens, self.ends).to(values.dtype)
        logarithms = self._generator[0].log_distribution(tokens, round.latents, round.fake_labels)
        scores = logarithms.gather(2, tokens[:, :, None]).squeeze(2)
        values = values.detach()
        if values.dim() == 1:
            return cast(Tensor, (scores * (values - values.mean())[:, None] * weights).sum() / weights.sum())
        costs = values + self.entropy * logarithms if self.entropy else values
        expected = (logarithms.exp() * costs).sum(2)
        drawn = values.gather(2, tokens[:, :, None]).squeeze(2)
        later = discounted(drawn, weights, self.discount) - drawn
        usual = (later * weights).sum(0) / weights.sum(0).clamp(min=1)
        return cast(Tensor, ((expected + (later - usual) * scores) * weights).sum() / weights.sum())


class Words(NamedTuple):
    """The texts of a round: the fakes, then the reals.

    Attributes:
        samples: one-hot, (2 B, L, V).
        tokens: (2 B, L).
        weights: 1 for tokens up to the end of their text and 0 behind it, (2 B, L).
    """

    samples: Tensor
    tokens: Tensor
    weights: Tensor


def words_of(round: Round, ends: bool) -> Words:
    """Return the texts of a round; where ``ends``, token 0 ends one."""
    samples = torch.cat([round.fake, round.real])
    tokens = tokens_of(samples.detach())
    return Words(samples, tokens, before_end(tokens, ends).to(samples.dtype))


class Continued(Round):
    """A round in which the words of the fakes are gone on with, and those of the reals too.

    Args:
        round: the round as it is played, whose discriminator gives ``token-logits``.
        generator: its generator, which gives ``log-probabilities``.
        words: its texts.
    """

    def __init__(self, round: Round, generator: Any, words: Words) -> None:
        self.__dict__ |= round.__dict__
        self._generator = generator
        self.samples, self.tokens, self.weights = words

    @cached_property
    def every_logit(self) -> Tensor:
        """The logits of every token at each place of the fakes, then of the reals, (2 B, L, V)."""
        return self._weighed(None)

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of the fakes' own tokens, (B, L)."""
        logits = self.every_logit.gather(2, self.tokens[:, :, None]).squeeze(2) * self.weights
        return logits[: len(self.fake)]

    def log_distribution(self) -> Tensor:
        """Return the logarithm of the generator's probability (2 B, L, V) of every token at each place."""
        latents = torch.cat([self.latents, self.latents])
        return cast(Tensor, self._generator.log_distribution(self.tokens, latents, self._twice(self.fake_labels)))

    def _weighed(self, tokens: Tensor | None) -> Tensor:
        assert self.weigh
        return self.weigh(self.samples, self._twice(self.fake_labels), tokens)

    def _twice(self, labels: Tensor | None) -> Tensor | None:
        return None if labels is None else torch.cat([labels, labels])


class Shown(Continued):
    """What the discriminator tells apart: a real token, and the generator's after its own words and after real ones."""

    @cached_property
    def _three(self) -> tuple[Tensor, Tensor, Tensor]:
        """The logits of the reals, the generator's after its own words and its after those of the reals, (B, L, 1)."""
        own, real = self.tokens.chunk(2)
        with torch.no_grad():
            chances = self._generator.log_distribution(real, self.latents, self.fake_labels).exp().flatten(0, 1)
        drawn = pick(chances, torch.rand_like(chances[:, :1])).view(real.shape)
        tokens = torch.stack([self.tokens, torch.cat([own, drawn])], 2)
        after_own, after_real = (self._weighed(tokens) * self.weights[:, :, None]).chunk(2)
        return after_real[:, :, :1], after_own[:, :, :1], after_real[:, :, 1:]

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals' tokens, (B, L, 1)."""
        return self._three[0]

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of tokens that the generator drew after its own words and after those of the reals, (B, L, 2)."""
        return torch.cat(self._three[1:], 2)


class RatioEstimator(nn.Module):
    """Draws the generator to the distribution that the discriminator finds to be the real one.

    Args:
        bound: the highest logit that is believed.
        ends: whether token 0 ends a sample.
    """

    def __init__(self, bound: float, ends: bool) -> None:
        super().__init__()
        self.bound, self.ends = bound, ends
        self._kept: Words | None = None

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        self._generator, self._kept = [generator], None  # a list as in `ReinforceEstimator`
        with torch.no_grad():
            return cast(Tensor, generator(latents, labels))

    def show(self, round: Round) -> Round:
        return Shown(round, self._generator[0], self._words(round))

    def view(self, round: Round) -> Round:
        return Continued(round, self._generator[0], self._words(round))

    def _words(self, round: Round) -> Words:
        """Return the texts of a round, once for both players' turns with the same fakes."""
        if self._kept is None:
            self._kept = words_of(round, self.ends)
        return self._kept

    def objective(self, values: Tensor, round: Continued) -> Tensor:
        """Return the cross-entropy to the estimated distribution.

        Args:
            values: not used: the logits themselves hold the ratio.
            round: the turn, as `view` gave it.
        """
        logarithms = round.log_distribution()
        with torch.no_grad():
            estimated = (logarithms + round.every_logit.clamp(max=self.bound)).softmax(2)
        costs = -(estimated * logarithms).sum(2)
        return (costs * round.weights).sum() / round.weights.sum()


def discounted(values: Tensor, weights: Tensor, discount: float) -> Tensor:
    """Return the discounted sum (B, L) of a token's value and those of all that follow it, each with its weight."""
    values = values * weights
    sums = [values[:, -1]]
    for place in range(values.shape[1] - 2, -1, -1):
        sums.append(values[:, place] + discount * sums[-1])
    return torch.stack(sums[::-1], 1)


class GumbelEstimator(nn.Module):
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

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(Tensor, generator.relaxed(latents, labels, float(self.temperature)))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        return values.mean()
