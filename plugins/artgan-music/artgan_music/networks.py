"""The generator and the discriminator of tunes.

B is the batch, L the length, V the vocabulary; samples are one-hot (B, L, V), tokens their numbers (B, L).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Spec

from .grid import Grid
from .gumbel import drawn_keys, drawn_token
from .inputs import LATER, NEVER_DRAWN, BarInputs, Places


class TuneNetwork(nn.Module):
    """Draws a tune event by event; no bar can be overrun, and every tune ends.

    Args:
        spec: the shape of samples, and their grid.
        latent: numbers in a latent.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding, which serves input and output.
        echo: whether it is told what sounded bars before, and may copy it.
        temperature: what logits are divided by when tokens are drawn; 0 takes the likeliest. While training it is 1.
    """

    of_class: Tensor

    def __init__(self, spec: Spec, *, latent: int, width: int, embedding: int, echo: bool, temperature: float) -> None:
        super().__init__()
        grid = Grid.of_spec(spec)
        self.length, self.vocabulary = spec.shape
        self.temperature = temperature
        self.inputs = BarInputs(grid, embedding, echo=echo)
        self.start = nn.Linear(latent, width)
        self.layer = nn.GRU(embedding + self.inputs.size + latent, width, batch_first=True)
        self.narrow = nn.Linear(width + self.inputs.size, embedding)
        self.gates = nn.Linear(width + self.inputs.size, 2 * len(self.inputs.back)) if echo else None
        self.bias = nn.Parameter(torch.zeros(self.vocabulary))
        names = [str(metre) for metre in grid.metres]
        numbers = [names.index(name) if name in names else n % len(names) for n, name in enumerate(spec.classes)]
        self.register_buffer("of_class", torch.tensor(numbers, dtype=torch.long) + 1, persistent=False)

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return tunes drawn at the temperature, one-hot; with labels, in the metre of their class."""
        return F.one_hot(self.draw(latents, labels), self.vocabulary).to(latents.dtype)

    def draw(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the tokens (B, L) of tunes.

        What a tune is drawn by belongs to the tick and the token, not to how many were drawn before: where latents
        change a little, what stays possible stays (Gumbel noise; Maddison et al. 2014, arXiv:1411.0030).
        """
        keys, temperature = drawn_keys(latents), 1.0 if self.training else self.temperature
        state, token = self.begin(latents), torch.full_like(keys, self.vocabulary)
        drawn = torch.zeros(len(latents), self.length, dtype=torch.long, device=latents.device)
        with torch.no_grad():
            for place in range(self.length):
                logits, state = self.step(token, latents, state)
                token = drawn_token(logits, keys, state[-1][:, 0].long(), temperature)
                if place == 0 and labels is not None and len(self.of_class):
                    token = self.of_class[labels]
                drawn[:, place] = token
                if bool((token == 0).all()):
                    break
        return drawn

    def log_distribution(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logarithm of the probability (B, L, V) of every token at each place given those before it.

        A class is a metre, which is then the first token for certain.
        """
        places, table = self.inputs.places(tokens), self.inputs.table()
        before = torch.cat([self.inputs.begin.expand(len(tokens), 1, -1), table[tokens[:, :-1]]], 1)
        own = latents[:, None].expand(-1, tokens.shape[1], -1)
        told = self.inputs.features(places, table)
        hidden, _ = self.layer(torch.cat([before, told, own], 2), torch.tanh(self.start(latents))[None].contiguous())
        logits = self._logits(hidden, told, places, table)
        if labels is not None and len(self.of_class):
            certain = F.one_hot(self.of_class[labels], self.vocabulary).to(logits.dtype)
            logits = torch.cat([((1 - certain) * NEVER_DRAWN)[:, None], logits[:, 1:]], 1)
        return logits.log_softmax(2)

    def pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return the negative log-likelihood of each real tune, per token up to its end, with latents drawn anew."""
        tokens = real.argmax(2)
        latents = torch.randn(len(real), self.start.in_features, dtype=real.dtype, device=real.device)
        weights = (tokens > 0).to(real.dtype)
        scores = self.log_distribution(tokens, latents, labels).gather(2, tokens[:, :, None]).squeeze(2)
        return -(scores * weights).sum(1) * (len(real) / weights.sum())

    def begin(self, latents: Tensor) -> tuple[Tensor, ...]:
        """Return the state before the first token.

        It is the recurrent state (B, width); where tokens begin (B, L); tokens (B, L); (B, 2 K) the tokens with which
        the bar would go on as K bars before, and whether it was the same so far; and (B, 3) the tick at which the next
        begins, how many there are, and the number of the metre.
        """
        zeros = torch.zeros(len(latents), self.length, dtype=latents.dtype, device=latents.device)
        echo, counts = (zeros[:, :1].expand(-1, count).clone() for count in (2 * len(self.inputs.back), 3))
        return torch.tanh(self.start(latents)), zeros + LATER, zeros, echo, counts

    def step(self, token: Tensor, latents: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the logits (B, V) of the next token and the state after this one.

        Args:
            token: the number of the token before, (B,); the size of the vocabulary for the first.
            latents: (B, latent).
            state: before the token.
        """
        hidden, starts, tokens, echo, counts = state
        now, taken, metre = counts.long().unbind(1)
        expected, agrees = echo.long().chunk(2, 1)
        there = (token < self.vocabulary).long()
        number = token * there

        # Put the token where it belongs; the first tells the metre.
        index = torch.arange(self.length, device=token.device)
        here = ((index == taken[:, None]).long() * there[:, None]).to(hidden.dtype)
        tokens = tokens * (1 - here) + number[:, None].to(hidden.dtype) * here
        starts = starts * (1 - here) + now[:, None].to(hidden.dtype) * here
        first = (taken == 0).long() * there
        metre = metre * (1 - first) + self.inputs.metre_of[number] * first
        begins_bar = (now % self.inputs.bar_ticks[metre] == 0).long()
        agrees = self.inputs.agreement(number, expected, agrees, begins_bar)
        now, taken = now + self.inputs.ticks[number] * there, taken + there

        # What is known of the place after it.
        places, table = self.inputs.next_place(taken, starts, tokens, now, metre, agrees), self.inputs.table()
        before, told = torch.cat([table, self.inputs.begin[None]])[token], self.inputs.features(places, table)
        given = torch.cat([before, told, latents], 1)
        layer: Any = self.layer
        weights = layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0
        hidden = torch.gru_cell(given, hidden, *weights)
        counts = torch.stack([now, taken, metre], 1).to(hidden.dtype)
        echo = torch.cat([places.expected, agrees], 1).to(hidden.dtype)
        return self._logits(hidden, told, places, table), (hidden, starts, tokens, echo, counts)

    def _logits(self, hidden: Tensor, told: Tensor, places: Places, table: Tensor) -> Tensor:
        known = torch.cat([hidden, told], -1)
        logits = F.linear(self.narrow(known), table, self.bias)
        if self.gates is not None:
            logits = self.inputs.copied(logits, self.gates(known), places)
        return self.inputs.masked(logits, places)


class TuneJudge(nn.Module):
    """Judges tunes event by event: a logit at each, of what stands there after what came before; 0 after the end.

    Args:
        spec: the shape of samples, and their grid.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding.
        dropout: the share of numbers left out before and behind the recurrent layer.
        echo: whether it is told what sounded bars before.
    """

    def __init__(self, spec: Spec, *, width: int, embedding: int, dropout: float, echo: bool) -> None:
        super().__init__()
        self.inputs = BarInputs(Grid.of_spec(spec), embedding, echo=echo)
        self.layer = nn.GRU(embedding + self.inputs.size, width, batch_first=True)
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(dropout)
        self.narrow = nn.Linear(width + self.inputs.size, embedding)
        self.gates = nn.Linear(width + self.inputs.size, 2 * len(self.inputs.back)) if echo else None
        self.weight = nn.Parameter(torch.randn(spec.vocabulary, embedding) * 0.1)
        self.bias = nn.Parameter(torch.zeros(spec.vocabulary))

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B, L)."""
        tokens = samples.argmax(2)
        own = (self._every(tokens) * samples).sum(2)
        ended = (tokens == 0).long()
        return own * (ended.cumsum(1) == ended).to(own.dtype)

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits (B, L, K) that tokens (B, L, K), or all for None, would have, given those before them."""
        every = self._every(samples.argmax(2))
        return every if tokens is None else every.gather(2, tokens)

    def _every(self, tokens: Tensor) -> Tensor:
        places, table = self.inputs.places(tokens), self.inputs.table()
        before = torch.cat([self.inputs.begin.expand(len(tokens), 1, -1), table[tokens[:, :-1]]], 1)
        told = self.inputs.features(places, table)
        hidden = self.dropout(self.norm(self.layer(torch.cat([self.dropout(before), told], 2))[0]))
        known = torch.cat([hidden, told], 2)
        logits = F.linear(self.narrow(known), self.weight, self.bias)
        return logits if self.gates is None else self.inputs.copied(logits, self.gates(known), places)
