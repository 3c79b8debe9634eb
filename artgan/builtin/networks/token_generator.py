"""What the built-in generators of text have in common: they draw token by token, each given those before it.

B is the batch, L the length, V the vocabulary; samples are one-hot (B, L, V), tokens their numbers (B, L), which all
that takes samples takes as well.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Spec, TokenMask
from artgan.interfaces.networks import MaskedDraws, TokenHead

from .one_hot import before_end, pick, tokens_of
from .vocabulary_costs import token_costs

State = tuple[Tensor, ...]

LOOKED_FOR = 8
"""Places from one look for texts that have ended, which are then drawn no further, to the next."""


class TokenGenerator(nn.Module, ABC):
    """Draws text token by token, each given the latent and the tokens before it.

    Args:
        spec: the shape of samples.
        latent: numbers in a latent.
        embedding: numbers in a token's embedding, which serves input and output.
        temperature: what logits are divided by when tokens are drawn; 0 takes the likeliest. While training it is 1.
        top_k: how many of the likeliest tokens are drawn from; 0 for all, as while training.
        masks: what is allowed of texts, but while training.
    """

    bias: nn.Parameter
    """Of the logits, (V,)."""

    def __init__(
        self, spec: Spec, *, latent: int, embedding: int, temperature: float, top_k: int, masks: Sequence[TokenMask]
    ) -> None:
        super().__init__()
        self.masks = tuple(masks)
        self.latent, (self.length, self.vocabulary) = latent, spec.shape
        self.ends, self.temperature = spec.ends, temperature
        self.top_k = top_k if 0 < top_k < self.vocabulary else 0
        self.embedding = nn.Embedding(self.vocabulary + 1, embedding)  # the last begins a text

    @abstractmethod
    def begin(self, latents: Tensor) -> State:
        """Return the state before the first token: tensors (B, ...)."""

    @abstractmethod
    def step(self, token: Tensor, latents: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits (B, V) of the next token and the state after this one.

        Args:
            token: the number of the token before, (B,); the size of the vocabulary for the first.
            latents: (B, latent).
            state: before the token.
        """

    @abstractmethod
    def next_token_head(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> TokenHead:
        """Return what the logits at each place, given the tokens before it, are the product of, up to the ends."""

    def _continue(self, token: Tensor, latents: Tensor, state: State) -> tuple[Tensor, State]:
        """Return what `step` returns; the state that is given may be written over."""
        return self.step(token, latents, state)

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return texts drawn at the temperature, one-hot."""
        return F.one_hot(self.draw(latents), self.vocabulary).to(latents.dtype)

    def draw(self, latents: Tensor, noise: Tensor | None = None) -> Tensor:
        """Return the tokens (B, L) of texts.

        Args:
            latents: (B, latent).
            noise: numbers in [0, 1), (B, L), which decide the draws; None for new ones.
        """
        if noise is None:
            noise = torch.rand(len(latents), self.length, dtype=latents.dtype, device=latents.device)
        state, token = self.begin(latents), torch.full_like(latents[:, 0], self.vocabulary, dtype=torch.long)
        drawn = token.new_zeros(len(latents), self.length)
        draws = MaskedDraws(() if self.training else self.masks, count=len(latents), length=self.length, ends=self.ends)
        rows, ended = torch.arange(len(latents), device=latents.device), torch.zeros_like(token, dtype=torch.bool)
        with torch.no_grad():
            for place in range(self.length):
                logits, state = self._continue(token, latents, state)
                token = self._pick(draws.allow(logits, rows), noise[rows, place, None])
                draws.note(token, rows)
                if not self.ends:
                    drawn[:, place] = token
                    continue

                token = token.masked_fill(ended, 0)
                ended = ended | (token == 0)
                drawn[rows, place] = token
                if (place + 1) % LOOKED_FOR == 0 and ended.any():
                    going = ~ended
                    rows, token, latents, ended = (part[going] for part in (rows, token, latents, ended))
                    state = tuple(part[going] for part in state)
                    if not len(rows):
                        break
        return drawn

    def constrain(self, masks: Sequence[TokenMask]) -> None:
        """Draw only what all of these allow from now on, but while training."""
        self.masks += tuple(masks)

    def draw_tokens(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the tokens (B, L) of texts, as `draw` does."""
        return self.draw(latents)

    def log_distribution(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logarithm of the probability (B, L, V) of every token at each place given those before it."""
        return self.next_token_head(tokens, latents, labels).every().log_softmax(2)

    def pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return the negative log-likelihood of each real text, per token up to its end, with latents drawn anew."""
        tokens = tokens_of(real)
        latents = torch.randn(len(real), self.latent, dtype=self.bias.dtype, device=real.device)
        kept = before_end(tokens, self.ends)
        costs = token_costs(self.next_token_head(tokens, latents, labels).at(kept), tokens[kept])
        values = costs.new_zeros(kept.shape).masked_scatter(kept, costs)
        return values.sum(1) * (len(real) / kept.sum())

    def _pick(self, logits: Tensor, noise: Tensor) -> Tensor:
        """Return one token (B,) for each row of logits (B, V): where the distribution reaches the noise (B, 1)."""
        if not self.training:
            if self.temperature == 0:
                return logits.argmax(1)
            logits = logits / self.temperature
            if self.top_k:
                lowest = logits.topk(self.top_k, dim=1).values[:, -1:]
                logits = logits.masked_fill(logits < lowest, -torch.inf)
        return pick(logits.softmax(1, dtype=torch.promote_types(logits.dtype, torch.float32)), noise)


def lengths_of(tokens: Tensor, ends: bool) -> Tensor | None:
    """Return how many tokens (B,) of texts (B, L) stand up to their ends, these counted; None for all."""
    return before_end(tokens, True).sum(1) if ends else None
