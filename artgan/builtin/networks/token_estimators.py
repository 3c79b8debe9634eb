"""The modules behind the built-in estimators of tokens."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple, cast

import torch
from torch import Tensor

from artgan.interfaces import DiscriminatorView, Round
from artgan.interfaces.networks import EstimatorModule, ExplicitGenerator, GeneratorNetwork, RelaxedGenerator

from .one_hot import before_end, pick, tokens_of


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


class VariedRound:
    """A round that holds another and has its samples; what derives from it gives logits of its own.

    Args:
        turn: the round as it is played.
    """

    def __init__(self, turn: Round) -> None:
        self.turn = turn

    @property
    def real(self) -> Tensor:
        """Real texts, (B, L, V)."""
        return self.turn.real

    @property
    def fake(self) -> Tensor:
        """Generated texts, (B, L, V)."""
        return self.turn.fake

    @property
    def latents(self) -> Tensor:
        """What the fakes were generated from, (B, latent)."""
        return self.turn.latents

    @property
    def real_labels(self) -> Tensor | None:
        """Class indices of the reals, (B,), or None."""
        return self.turn.real_labels

    @property
    def fake_labels(self) -> Tensor | None:
        """Class indices of the fakes, (B,), or None."""
        return self.turn.fake_labels

    @property
    def discriminator(self) -> DiscriminatorView:
        """Judges any texts as this turn does."""
        return self.turn.discriminator

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, as played."""
        return self.turn.real_logits


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


def words_of(turn: Round, ends: bool) -> Words:
    """Return the texts of a round; where ``ends``, token 0 ends one."""
    samples = torch.cat([turn.fake, turn.real])
    tokens = tokens_of(samples.detach())
    return Words(samples, tokens, before_end(tokens, ends).to(samples.dtype))


class Continued(VariedRound):
    """A round in which the words of the fakes are gone on with, and those of the reals too.

    Args:
        turn: the round as it is played.
        words: its texts.
    """

    def __init__(self, turn: Round, words: Words) -> None:
        super().__init__(turn)
        self.words = words

    @cached_property
    def every_logit(self) -> Tensor:
        """The logits of every token at each place of the fakes, then of the reals, (2 B, L, V)."""
        return token_logits(self.turn, self.words, None)

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of the fakes' own tokens, (B, L)."""
        logits = self.every_logit.gather(2, self.words.tokens[:, :, None]).squeeze(2) * self.words.weights
        return logits[: len(self.fake)]


class NextTokens(VariedRound):
    """What the discriminator tells apart: a real token, and the generator's after its own words and after real ones.

    Args:
        turn: the round as it is played.
        words: its texts.
        generator: which made its fakes.
    """

    def __init__(self, turn: Round, words: Words, generator: ExplicitGenerator) -> None:
        super().__init__(turn)
        self.words, self.generator = words, generator

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals' tokens, (B, L, 1)."""
        return self._three[0]

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of tokens that the generator drew after its own words and after those of the reals, (B, L, 2)."""
        return torch.cat(self._three[1:], 2)

    @cached_property
    def _three(self) -> tuple[Tensor, Tensor, Tensor]:
        """The logits of the reals, the generator's after its own words and its after those of the reals, (B, L, 1)."""
        own, real = self.words.tokens.chunk(2)
        with torch.no_grad():
            chances = self.generator.log_distribution(real, self.latents, self.fake_labels).exp().flatten(0, 1)
        drawn = pick(chances, torch.rand_like(chances[:, :1])).view(real.shape)
        tokens = torch.stack([self.words.tokens, torch.cat([own, drawn])], 2)
        logits = token_logits(self.turn, self.words, tokens) * self.words.weights[:, :, None]
        after_own, after_real = logits.chunk(2)
        return after_real[:, :, :1], after_own[:, :, :1], after_real[:, :, 1:]


def token_logits(turn: Round, words: Words, tokens: Tensor | None) -> Tensor:
    """Return the logits (2 B, L, K) that tokens, or all for None, would have in the words of a round."""
    return turn.discriminator.token_logits(words.samples, _twice(turn.fake_labels), tokens)


def _twice(labels: Tensor | None) -> Tensor | None:
    return None if labels is None else torch.cat([labels, labels])


class RatioEstimator(EstimatorModule):
    """Draws the generator to the distribution that the discriminator finds to be the real one.

    Args:
        bound: the highest logit that is believed.
        ends: whether token 0 ends a sample.
    """

    def __init__(self, bound: float, ends: bool) -> None:
        super().__init__()
        self.bound, self.ends = bound, ends
        self._words: Words | None = None

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        self._words = None
        with torch.no_grad():
            return generator(latents, labels)

    def discriminator_round(self, turn: Round, generator: GeneratorNetwork) -> NextTokens:
        return NextTokens(turn, self._words_of(turn), cast(ExplicitGenerator, generator))

    def generator_round(self, turn: Round, generator: GeneratorNetwork) -> Continued:
        return Continued(turn, self._words_of(turn))

    def objective(self, values: Tensor, turn: Round, generator: GeneratorNetwork) -> Tensor:
        """Return the cross-entropy to the estimated distribution.

        Args:
            values: not used: the logits themselves hold the ratio.
            turn: the round as `generator_round` gave it.
            generator: which made its fakes.
        """
        assert isinstance(turn, Continued)
        words, latents = turn.words, torch.cat([turn.latents, turn.latents])
        logarithms = cast(ExplicitGenerator, generator).log_distribution(
            words.tokens, latents, _twice(turn.fake_labels)
        )
        with torch.no_grad():
            estimated = (logarithms + turn.every_logit.clamp(max=self.bound)).softmax(2)
        costs = -(estimated * logarithms).sum(2)
        return (costs * words.weights).sum() / words.weights.sum()

    def _words_of(self, turn: Round) -> Words:
        """Return the texts of a round, made once for both players' turns with the same fakes."""
        if self._words is None:
            self._words = words_of(turn, self.ends)
        return self._words


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
