"""The module behind the estimator `ratio`."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple, cast

import torch
from torch import Tensor

from artgan.interfaces import Round
from artgan.interfaces.networks import (
    EstimatorModule,
    ExplicitGenerator,
    GeneratorNetwork,
    HeadedGenerator,
    TokenHead,
)

from .one_hot import before_end, pick, tokens_of
from .varied_round import VariedRound
from .vocabulary_costs import drawn_tokens, ratio_cost


class Words(NamedTuple):
    """The texts of a round: the fakes, then the reals.

    Attributes:
        samples: one-hot (2 B, L, V), or token numbers (2 B, L).
        tokens: (2 B, L).
        kept: whether a token belongs to its text, and not behind its end, (2 B, L).
    """

    samples: Tensor
    tokens: Tensor
    kept: Tensor


def words_of(turn: Round, ends: bool) -> Words:
    """Return the texts of a round; where ``ends``, token 0 ends one."""
    samples = torch.cat([turn.fake, turn.real])
    tokens = tokens_of(samples.detach())
    return Words(samples, tokens, before_end(tokens, ends))


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
    def head(self) -> TokenHead | None:
        """What the logits of every token at each place of the fakes, then of the reals, are the product of."""
        return self.discriminator.token_logits_head(self.words.samples, _twice(self.fake_labels))

    @cached_property
    def every_logit(self) -> Tensor:
        """The logits of every token at each place of the fakes, then of the reals, (2 B, L, V)."""
        return self.head.every() if self.head else token_logits(self.turn, self.words, None)

    @cached_property
    def fake_logits(self) -> Tensor:
        """Those of the fakes' own tokens, (B, L)."""
        own = self.words.tokens[:, :, None]
        logits = self.head.of(own) if self.head else self.every_logit.gather(2, own)
        return (logits.squeeze(2) * self.words.kept)[: len(self.fake)]


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
        drawn = self._drawn_after(real, self.words.kept[len(own) :])
        tokens = torch.stack([self.words.tokens, torch.cat([own, drawn])], 2)
        logits = token_logits(self.turn, self.words, tokens) * self.words.kept[:, :, None]
        after_own, after_real = logits.chunk(2)
        return after_real[:, :, :1], after_own[:, :, :1], after_real[:, :, 1:]

    @torch.no_grad()
    def _drawn_after(self, real: Tensor, kept: Tensor) -> Tensor:
        """Return what the generator draws (B, L) at each place after the tokens before it; of any sort behind ends."""
        latents, labels = self.latents, self.fake_labels
        noise = torch.rand(real.numel(), 1, dtype=latents.dtype, device=latents.device)
        if isinstance(self.generator, HeadedGenerator):
            head = self.generator.next_token_head(real, latents, labels)
            return torch.zeros_like(real).masked_scatter(kept, drawn_tokens(head.at(kept), noise[kept.flatten()]))
        chances = self.generator.log_distribution(real, latents, labels).exp()
        return pick(chances.flatten(0, 1), noise).view(real.shape)


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

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        with torch.no_grad():
            return generator(latents, labels)

    def discriminator_round(self, turn: Round, generator: GeneratorNetwork) -> NextTokens:
        return NextTokens(turn, words_of(turn, self.ends), cast(ExplicitGenerator, generator))

    def generator_round(self, turn: Round, generator: GeneratorNetwork) -> Continued:
        return Continued(turn, words_of(turn, self.ends))

    def objective(self, values: Tensor, turn: Round, generator: GeneratorNetwork) -> Tensor:
        """Return the cross-entropy to the estimated distribution.

        Args:
            values: not used: the logits themselves hold the ratio.
            turn: the round as `generator_round` gave it.
            generator: which made its fakes.
        """
        assert isinstance(turn, Continued)
        words, latents, labels = turn.words, torch.cat([turn.latents, turn.latents]), _twice(turn.fake_labels)
        if turn.head and isinstance(generator, HeadedGenerator):
            head = generator.next_token_head(words.tokens, latents, labels)
            return ratio_cost(head.at(words.kept), turn.head.at(words.kept), self.bound)

        # The same from all logits at once.
        logarithms = cast(ExplicitGenerator, generator).log_distribution(words.tokens, latents, labels)
        with torch.no_grad():
            estimated = (logarithms + turn.every_logit.clamp(max=self.bound)).softmax(2)
        return -(estimated * logarithms).sum(2)[words.kept].mean()
