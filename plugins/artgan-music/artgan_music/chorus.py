"""The generator and the discriminator of pieces in several voices.

B is the batch, N the steps, K the voices, L = N K the length, V the vocabulary; samples are one-hot (B, L, V), tokens
their numbers (B, L). Voices are numbered as their tokens come, of four: soprano, bass, tenor, alto. Where ``...``
stands, it is (B, N) for all steps of pieces at once, or (B,) for the next step of each; A are the voices asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Spec

from .gumbel import drawn_keys, drawn_token
from .inputs import NEVER_DRAWN
from .voices import HOLD, PITCHES, REST, VoiceGrid

OCTAVE, LEAP, SPACE = 12, 12, 19
"""Semitones after which intervals between voices are alike, and the widest leap and space that are told apart."""
ALL = slice(None)
VOICE, TICK, BAR, PLACE = 8, 8, 8, 8
"""Numbers in the embedding of each; a place is a step of the piece."""


class VoiceScores(nn.Module):
    """Gives a score to every token of each voice at each step, told what sounded before and what sounds already.

    A recurrent layer goes from step to step. At a step each voice in turn is told what it remembers, the pitches of all
    voices before, those that sound now in the voices before it, and their pitch classes. Pitches are scored by what
    they are, by their interval to what each voice sounds, modulo the octave and as wide as it is, by the leap, and by
    whether they keep the interval to a voice that moves, as parallels do.

    Args:
        grid: what tokens mean.
        latent: numbers in a latent; 0 for none.
        width: units of the recurrent layer, and of that between it and the scores.
        embedding: numbers in a token's embedding.
        dropout: the share of numbers left out while training.
    """

    classes: Tensor
    intervals: Tensor
    spaces: Tensor
    leaps: Tensor
    allowed: Tensor
    decided: Tensor

    def __init__(self, grid: VoiceGrid, *, latent: int, width: int, embedding: int, dropout: float) -> None:
        super().__init__()
        self.voices, self.steps = grid.voices, grid.bars * grid.steps_of_bar
        self.steps_of_bar, self.vocabulary = grid.steps_of_bar, grid.vocabulary
        self._keep_tables(grid)

        bars = grid.bars
        self.token = nn.Parameter(torch.randn(self.vocabulary, embedding) * 0.3)
        self.voice = nn.Parameter(torch.randn(self.voices, VOICE) * 0.3)
        self.tick = nn.Parameter(torch.randn(self.steps_of_bar, TICK) * 0.3)
        self.bar = nn.Parameter(torch.randn(bars, BAR) * 0.2)
        self.place = nn.Parameter(torch.zeros(self.steps, PLACE))
        place = TICK + BAR + PLACE
        self.layer = nn.GRU(self.voices * (embedding + 1) + place + latent, width, batch_first=True)
        told = 2 * self.voices * embedding + self.voices + 2 * OCTAVE + VOICE + place + latent
        self.join = nn.Linear(width + told, width)
        self.narrow = nn.Linear(width, embedding)
        self.bias = nn.Parameter(torch.zeros(self.voices, self.vocabulary))
        self.harmony = nn.Linear(width, self.voices * OCTAVE)
        self.spacing = nn.Linear(width, self.voices * (2 * SPACE + 1))
        self.parallel = nn.Linear(width, self.voices * OCTAVE)
        self.melody = nn.Linear(width, 2 * LEAP + 1)
        self.dropout = nn.Dropout(dropout)

    def _keep_tables(self, grid: VoiceGrid) -> None:
        """Keep what follows from the meaning of tokens."""
        count, pitches = grid.vocabulary, range(PITCHES, grid.vocabulary)

        def keep(name: str, values: object, dtype: torch.dtype = torch.long) -> None:
            self.register_buffer(name, torch.tensor(values, dtype=dtype), persistent=False)

        # Of two tokens, the first of which sounds: their interval modulo the octave, and as wide as it is, and the leap
        # from it. The last column of scores, which is nought, is for all that are no pitches.
        def kept_between(name: str, of: Callable[[int], int], none: int) -> None:
            rows = [[of(p - q) if q in pitches and p in pitches else none for p in tokens] for q in tokens]
            keep(name, rows)

        def clipped(widest: int) -> Callable[[int], int]:
            return lambda leap: max(-widest, min(widest, leap)) + widest

        tokens = range(count)
        kept_between("intervals", lambda leap: leap % OCTAVE, OCTAVE)
        kept_between("spaces", clipped(SPACE), 2 * SPACE + 1)
        kept_between("leaps", clipped(LEAP), 2 * LEAP + 1)
        classes = [
            [float(t in pitches and (grid.lowest + t - PITCHES) % OCTAVE == c) for c in range(OCTAVE)] for t in tokens
        ]
        keep("classes", classes, torch.float32)

        # Which tokens a voice may have, where nothing may be held and elsewhere.
        own = [grid.ranges[voice] for voice in grid.order]
        within = [[float(o.low <= grid.lowest + t - PITCHES <= o.high) for t in pitches] for o in own]
        free = [[1.0, float(o.rests), *row] for o, row in zip(own, within, strict=True)]
        keep("allowed", [[[0.0, *row[1:]] for row in free], free], torch.float32)
        keep("decided", [[float(j < k) for j in range(grid.voices)] for k in range(grid.voices)], torch.float32)

    def sounding(self, tokens: Tensor) -> Tensor:
        """Return the tokens that sound at each step (B, N, K), or `REST`, of tokens (B, N, K) that may hold."""
        index = torch.arange(tokens.shape[1], device=tokens.device)[None, :, None].expand_as(tokens)
        last = (index * (tokens != HOLD)).cummax(1).values
        found = tokens.gather(1, last)
        return torch.where(found == HOLD, torch.full_like(found, REST), found)

    def given(self, before: Tensor, moved: Tensor, step: Tensor, latents: Tensor | None) -> Tensor:
        """Return what the recurrent layer is given at steps, (..., size).

        Args:
            before: what sounded at the step before, (..., K); `HOLD` for nothing yet.
            moved: 1 where it began there, (..., K).
            step: the number of the step, (...).
            latents: of the piece, (..., latent).
        """
        heard = self.dropout(self.token[before].flatten(-2))
        told = [heard, moved.to(heard.dtype), self._place(step)]
        return torch.cat(told + ([] if latents is None else [latents]), -1)

    def scores(
        self,
        state: Tensor,
        before: Tensor,
        now: Tensor,
        begun: Tensor,
        step: Tensor,
        latents: Tensor | None,
        *,
        asked: slice = ALL,
    ) -> Tensor:
        """Return the score of every token of each voice at steps, (..., A, V); masked where one may not stand.

        Args:
            state: of the recurrent layer, (..., width).
            before: what sounded at the step before, (..., K).
            now: what sounds at this step, (..., K), of which each voice is told that of the voices before it.
            begun: 1 where it begins at this step, (..., K).
            step: the number of the step, (...).
            latents: of the piece, (..., latent).
            asked: the A voices whose scores these are.
        """
        own = before[..., asked]
        decided = self.decided[asked].expand(*own.shape, -1)
        known = (now[..., None, :] * decided).long()  # `HOLD` where it is not decided
        heard = torch.where(decided > 0, known, before[..., None, :])

        shared = [state, self.token[before].flatten(-2), self.classes[before].amax(-2), self._place(step)]
        shared = [*shared, *([] if latents is None else [latents])]
        told = [part[..., None, :].expand(*own.shape, -1) for part in shared]
        told += [self.token[known].flatten(-2), self.classes[known].amax(-2), decided * begun[..., None, :]]
        told += [self.voice[asked].expand(*own.shape, -1)]
        joined = torch.cat([part.to(state.dtype) for part in told], -1)
        hidden = self.dropout(torch.relu(self.join(self.dropout(joined))))

        plain = F.linear(self.narrow(hidden), self.token) + self.bias[asked]
        leaps = F.pad(self.melody(hidden), (0, 1)).gather(own.dim(), self.leaps[own])
        scores = plain + leaps + self._of_intervals(hidden, heard, before, own)
        allowed = self.allowed[(step % self.steps_of_bar > 0).long()][..., asked, :].to(scores.dtype)
        return scores * allowed + NEVER_DRAWN * (1 - allowed)

    def _of_intervals(self, hidden: Tensor, heard: Tensor, before: Tensor, own: Tensor) -> Tensor:
        """Return scores (..., A, V) of tokens, by how they stand to what is heard.

        Args:
            hidden: what is known, for each voice that is asked, (..., A, width).
            heard: what it hears in each voice, (..., A, K): at this step, or at that before it where it is undecided.
            before: what sounded at the step before, (..., K).
            own: that of the voices that are asked, (..., A).
        """
        harmony, spacing, parallel = (
            F.pad(head(hidden).view(*hidden.shape[:-1], self.voices, -1), (0, 1))
            for head in (self.harmony, self.spacing, self.parallel)
        )
        intervals, last = self.intervals[heard], heard.dim()  # counted from the front, as ONNX's own evaluator needs it
        scores = harmony.gather(last, intervals) + spacing.gather(last, self.spaces[heard])

        # A token that keeps the interval to a voice that has moved.
        others = before[..., None, :].expand_as(heard)
        kept = self.intervals[others, own[..., None].expand_as(heard)]
        moves = (kept < OCTAVE) * (heard != others)
        keeps = (intervals == kept[..., None]) * moves[..., None]
        return (scores + parallel.gather(last, kept[..., None]) * keeps.to(parallel.dtype)).sum(-2)

    def _place(self, step: Tensor) -> Tensor:
        bar = torch.div(step, self.steps_of_bar, rounding_mode="floor")
        return torch.cat([self.tick[step % self.steps_of_bar], self.bar[bar], self.place[step]], -1)

    def forward(self, tokens: Tensor, latents: Tensor | None, start: Tensor | None) -> Tensor:
        """Return the scores (B, L, V) of every token at each place of pieces (B, L), given those before it.

        Args:
            tokens: the pieces.
            latents: of each, (B, latent); None for none.
            start: the state before the first step, (B, width); None for noughts.
        """
        rows = tokens.view(len(tokens), self.steps, self.voices)
        now, begun = self.sounding(rows), rows != HOLD
        before = torch.cat([torch.zeros_like(now[:, :1]), now[:, :-1]], 1)
        moved = torch.cat([torch.zeros_like(begun[:, :1]), begun[:, :-1]], 1)
        step = torch.arange(self.steps, device=tokens.device).expand(len(tokens), -1)
        own = None if latents is None else latents[:, None].expand(-1, self.steps, -1)
        state, _ = self.layer(self.given(before, moved, step, own), None if start is None else start[None].contiguous())
        return self.scores(state, before, now, begun, step, own).flatten(1, 2)


class ChorusNetwork(nn.Module):
    """Draws a piece step by step, at each the voices one after the other, each told what sounds already.

    Args:
        spec: the shape of samples, and their grid.
        latent: numbers in a latent.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding.
        temperature: what logits are divided by when tokens are drawn; 0 takes the likeliest. While training it is 1.
    """

    def __init__(self, spec: Spec, *, latent: int, width: int, embedding: int, temperature: float) -> None:
        super().__init__()
        grid = VoiceGrid.of_spec(spec)
        self.length, self.vocabulary = spec.shape
        self.temperature = temperature
        self.start = nn.Linear(latent, width)
        self.voices = VoiceScores(grid, latent=latent, width=width, embedding=embedding, dropout=0)

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return pieces drawn at the temperature, one-hot."""
        return F.one_hot(self.draw(latents), self.vocabulary).to(latents.dtype)

    def draw(self, latents: Tensor) -> Tensor:
        """Return the tokens (B, L) of pieces, whose draws belong to the place and the token, as those of tunes."""
        keys, temperature = drawn_keys(latents), 1.0 if self.training else self.temperature
        net, count = self.voices, len(latents)
        state = torch.tanh(self.start(latents))
        before = torch.full((count, net.voices), HOLD, device=latents.device)
        moved, drawn = torch.zeros_like(before), list[Tensor]()
        layer: Any = net.layer
        weights = layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0
        with torch.no_grad():
            for number in range(net.steps):
                step = torch.full((count,), number, device=latents.device)
                state = torch.gru_cell(net.given(before, moved, step, latents), state, *weights)
                now, begun = before.clone(), torch.zeros_like(before)
                for voice in range(net.voices):
                    own = slice(voice, voice + 1)
                    logits = net.scores(state, before, now, begun, step, latents, asked=own).squeeze(1)
                    token = drawn_token(logits, keys, step * net.voices + voice, temperature)
                    drawn.append(token)
                    begun[:, voice] = (token != HOLD).long()
                    now[:, voice] = torch.where(token != HOLD, token, before[:, voice])
                before, moved = now, begun
        return torch.stack(drawn, 1)

    def begin(self, latents: Tensor) -> tuple[Tensor, ...]:
        """Return the state before the first token.

        It is the recurrent state (B, width); what sounded at the step before and whether it began there (B, 2 K); what
        sounds at this step and whether it begins (B, 2 K); and how many tokens there are (B, 1).
        """
        none = torch.zeros(len(latents), 2 * self.voices.voices, dtype=latents.dtype, device=latents.device)
        return torch.tanh(self.start(latents)), none, none.clone(), none[:, :1].clone()

    def step(self, token: Tensor, latents: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the logits (B, V) of the next token and the state after this one.

        Args:
            token: the number of the token before, (B,); the size of the vocabulary for the first.
            latents: (B, latent).
            state: before the token.
        """
        hidden, past, present, count = state
        net, taken = self.voices, count.long()
        before, moved = past.long().chunk(2, 1)
        now, begun = present.long().chunk(2, 1)
        there = (token < self.vocabulary).long()[:, None]

        # Put the token where it belongs.
        number = token[:, None] * there
        here = (torch.arange(net.voices, device=token.device) == taken % net.voices).long() * there
        begins = (number != HOLD).long()
        now = now * (1 - here * begins) + number * here * begins
        begun = begun * (1 - here) + begins * here
        taken = taken + there

        # A step that is complete is what sounded before the next one.
        voice, step = taken % net.voices, torch.div(taken, net.voices, rounding_mode="floor").squeeze(1)
        fresh = (voice == 0).long()
        before, moved = before * (1 - fresh) + now * fresh, moved * (1 - fresh) + begun * fresh
        begun = begun * (1 - fresh)
        layer: Any = net.layer
        weights = layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0
        following = torch.gru_cell(net.given(before, moved, step, latents), hidden, *weights)
        hidden = torch.where(fresh > 0, following, hidden)

        every = net.scores(hidden, before, now, begun, step, latents)
        logits = every.gather(1, voice[:, :, None].expand(-1, -1, self.vocabulary)).squeeze(1)
        past, present = (torch.cat(pair, 1).to(hidden.dtype) for pair in ((before, moved), (now, begun)))
        return logits, (hidden, past, present, taken.to(hidden.dtype))

    def log_distribution(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logarithm of the probability (B, L, V) of every token at each place given those before it."""
        scores: Tensor = self.voices(tokens, latents, torch.tanh(self.start(latents)))
        return scores.log_softmax(2)

    def pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return the negative log-likelihood of each real piece, per token, with latents drawn anew."""
        tokens = real.argmax(2)
        latents = torch.randn(len(real), self.start.in_features, dtype=real.dtype, device=real.device)
        return -self.log_distribution(tokens, latents, labels).gather(2, tokens[:, :, None]).squeeze(2).mean(1)


class ChorusJudge(nn.Module):
    """Judges pieces token by token: a logit at each, of what stands there after what came before.

    Args:
        spec: the shape of samples, and their grid.
        width: units of the recurrent layer.
        embedding: numbers in a token's embedding.
        dropout: the share of numbers left out before and behind its layers.
    """

    def __init__(self, spec: Spec, *, width: int, embedding: int, dropout: float) -> None:
        super().__init__()
        grid = VoiceGrid.of_spec(spec)
        self.voices = VoiceScores(grid, latent=0, width=width, embedding=embedding, dropout=dropout)

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B, L)."""
        every: Tensor = self.voices(samples.argmax(2), None, None)
        return (every * samples).sum(2)

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits (B, L, K) that tokens (B, L, K), or all for None, would have, given those before them."""
        every: Tensor = self.voices(samples.argmax(2), None, None)
        return every if tokens is None else every.gather(2, tokens)
