"""The recurrent networks of the built-in generator and discriminators of text.

B is the batch, L the length, V the vocabulary; samples are one-hot (B, L, V), tokens their numbers (B, L), which all
that takes samples takes as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Spec, TokenMask
from artgan.interfaces.networks import TokenHead

from .length_groups import run_layer
from .one_hot import before_end, embed, tokens_of
from .token_generator import State, TokenGenerator, lengths_of

Cell = Literal["lstm", "gru"]
POSITION = 8
"""Numbers that tell a recurrent discriminator where in a text it is."""


class RnnGenerator(TokenGenerator):
    """Draws text token by token from a recurrent network whose state starts, and each input goes, with the latent.

    Args:
        spec: the shape of samples.
        latent: numbers in a latent.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding, which serves input and output.
        cell: the kind of recurrent layer.
        temperature: what logits are divided by when tokens are drawn; 0 takes the likeliest. While training it is 1.
        top_k: how many of the likeliest tokens are drawn from; 0 for all, as while training.
        masks: what is allowed of texts, but while training.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        latent: int,
        width: int,
        embedding: int,
        cell: Cell,
        temperature: float,
        top_k: int,
        masks: Sequence[TokenMask] = (),
    ) -> None:
        super().__init__(spec, latent=latent, embedding=embedding, temperature=temperature, top_k=top_k, masks=masks)
        nn.init.normal_(self.embedding.weight, std=0.3)
        layer = nn.LSTM if cell == "lstm" else nn.GRU
        self.start = nn.Linear(latent, width * (2 if cell == "lstm" else 1))
        self.layer = layer(embedding + latent, width, batch_first=True)
        self.narrow = nn.Linear(width, embedding)
        self.bias = nn.Parameter(torch.zeros(self.vocabulary))

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return texts drawn at the temperature, one-hot; while training, with the gradient of `relaxed` at 1."""
        if self.training and torch.is_grad_enabled():
            return self.relaxed(latents, labels, 1.0)
        return super().forward(latents, labels)

    def next_token_head(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> TokenHead:
        """Return what the logits at each place, given the tokens before it, are the product of, up to the ends."""
        begin = torch.full_like(tokens[:, :1], self.vocabulary)
        embedded = self.embedding(torch.cat([begin, tokens[:, :-1]], 1))
        given = torch.cat([embedded, latents[:, None].expand(-1, self.length, -1)], 2)
        hidden = run_layer(self.layer, given, self.begin(latents), lengths_of(tokens, self.ends))
        return TokenHead(self.narrow(hidden), self.embedding.weight[:-1], self.bias)

    def relaxed(self, latents: Tensor, labels: Tensor | None, temperature: float) -> Tensor:
        """Return texts drawn at temperature 1 as hard one-hots whose gradient is that of a softmax.

        This is the straight-through Gumbel-softmax (Jang et al. 2017, arXiv:1611.01144).

        Args:
            latents: (B, latent).
            labels: not used.
            temperature: of the softmax that the gradient is taken of; the lower, the less biased and the noisier.
        """
        state, before = self.begin(latents), self.embedding.weight[-1].expand(len(latents), -1)
        going = torch.ones_like(latents[:, :1])
        drawn = []
        for _ in range(self.length):
            state = self._advance(before, latents, state)
            sample = F.gumbel_softmax(self._logits(state[0]).float(), temperature, hard=True).to(latents.dtype)
            if self.ends:
                end = F.one_hot(torch.zeros_like(sample[:, 0], dtype=torch.long), self.vocabulary).to(sample.dtype)
                sample = sample * going + end * (1 - going)
                going = going * (1 - sample[:, :1].detach())
            before = sample @ self.embedding.weight[:-1].to(sample.dtype)
            drawn.append(sample)
        return torch.stack(drawn, 1)

    def begin(self, latents: Tensor) -> State:
        """Return the state (B, width) or pair of states before the first token."""
        start = self.start(latents)
        if isinstance(self.layer, nn.GRU):
            return (torch.tanh(start),)
        hidden, cell = start.chunk(2, 1)
        return torch.tanh(hidden), cell

    def step(self, token: Tensor, latents: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits (B, V) of the next token and the state after this one.

        Args:
            token: the number of the token before, (B,); the size of the vocabulary for the first.
            latents: (B, latent).
            state: before the token.
        """
        state = self._advance(self.embedding(token), latents, state)
        return self._logits(state[0]), state

    def _advance(self, token: Tensor, latents: Tensor, state: State) -> State:
        layer: Any = self.layer
        given = torch.cat([token, latents], 1)
        weights = layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0
        if len(state) == 1:
            return (torch.gru_cell(given, state[0], *weights),)
        return torch.lstm_cell(given, state, *weights)

    def _logits(self, hidden: Tensor) -> Tensor:
        return F.linear(self.narrow(hidden), self.embedding.weight[:-1], self.bias)


class RnnDiscriminator(nn.Module):
    """Judges text token by token: a logit at each, of what stands there after what came before; 0 after the end.

    The logit of a token is the product of its own weights with the recurrent state before it, so that those of all
    tokens that might stand there cost one product of matrices.

    Args:
        spec: the shape of samples.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding.
        cell: the kind of recurrent layer.
        dropout: the share of numbers left out before and behind the recurrent layer.
    """

    def __init__(self, spec: Spec, *, width: int, embedding: int, cell: Cell, dropout: float) -> None:
        super().__init__()
        length, vocabulary = spec.shape
        self.ends = spec.ends
        self.embedding = nn.Parameter(torch.randn(vocabulary, embedding) * 0.3)
        self.begin = nn.Parameter(torch.randn(embedding) * 0.3)
        self.position = nn.Parameter(torch.randn(length, POSITION) * 0.1)
        layer = nn.LSTM if cell == "lstm" else nn.GRU
        self.layer = layer(embedding + POSITION, width, batch_first=True)
        self.norm, self.dropout, self.narrow = nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, embedding)
        self.weight = nn.Parameter(torch.randn(vocabulary, embedding) * 0.1)
        self.bias = nn.Parameter(torch.zeros(vocabulary, 1))

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B, L)."""
        own = embed(samples, self.weight) * self._expected(samples)
        logits = own.sum(2) + embed(samples, self.bias).squeeze(2)
        if self.ends:
            logits = logits * before_end(tokens_of(samples), True).to(logits.dtype)
        return logits

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits that tokens would have at a place, given those before it.

        Args:
            samples: (B, L, V).
            labels: not used.
            tokens: (B, L, K), which ones; None for all, K being V.
        """
        head = self.token_logits_head(samples, labels)
        return head.every() if tokens is None else head.of(tokens)

    def token_logits_head(self, samples: Tensor, labels: Tensor | None) -> TokenHead:
        """Return what the logits of all tokens at each place are the product of, up to the ends."""
        return TokenHead(self._expected(samples), self.weight, self.bias.squeeze(1))

    def _expected(self, samples: Tensor) -> Tensor:
        """Return (B, L, E): what the weights of a token are multiplied with, from those before it."""
        embedded = embed(samples, self.embedding)
        before = torch.cat([self.begin.expand(len(samples), 1, -1), embedded[:, :-1]], 1)
        given = torch.cat([self.dropout(before), self.position.expand(len(samples), -1, -1)], 2)
        lengths = lengths_of(tokens_of(samples.detach()), self.ends)
        hidden = run_layer(self.layer, given, None, lengths)
        return cast(Tensor, self.narrow(self.dropout(self.norm(hidden))))


class WholeRnnDiscriminator(RnnDiscriminator):
    """Judges a whole text: its logit is the sum of those of its tokens."""

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B,)."""
        return super().forward(samples, labels).sum(1)
