"""What the networks of tunes are told of a place: metre, tick of the bar, bar, what sounded bars before, and whether
the bar has been the same as one of those so far.

B is the batch, L the length, V the vocabulary, E the numbers of an embedding, K how many bars before are looked at.
Where ``...`` stands, it is (B, L) for all places of tunes at once, or (B,) for the next place of each.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .grid import Grid

BACK = (1, 2, 4, 8)
"""How many bars before are looked at."""
METRE, TICK, BAR, PLACE = 8, 12, 12, 12
"""Numbers in the embedding of each; a place is a tick of a bar of the tune."""
LATER = 1e6
"""Where events that are not there yet begin: after all others."""
NEVER_DRAWN = -1e4
"""The logit of what may not stand at a place; not infinite, for 0 times infinity is no number."""


class Places(NamedTuple):
    """Places of tunes, each before its token is known.

    Attributes:
        metre: the number of the metre, (...); 0 where it is not known.
        known: 1 where it is known, 0 at the first place, whose token tells it.
        start: the tick of the tune at which the place's event begins, at most that of the tune's end.
        left: how many tokens follow after this one.
        echoes: the tokens that sounded K bars before, (..., K); 0 for none.
        begins: 1 where that token began at the same tick of its bar, (..., K).
        agrees: 1 where all events of a bar so far are those of K bars before, (..., K); at the beginning of a bar,
            those of the whole bar before it.
    """

    metre: Tensor
    known: Tensor
    start: Tensor
    left: Tensor
    echoes: Tensor
    begins: Tensor
    agrees: Tensor

    @property
    def expected(self) -> Tensor:
        """The tokens with which a bar goes on as K bars before, (..., K); 0 for none."""
        return self.echoes * self.begins


class BarInputs(nn.Module):
    """Turns tokens into what is known of places, and tells which tokens may stand there.

    Args:
        grid: what tokens mean.
        embedding: numbers in the embedding of a token.
        echo: whether it tells what sounded bars before.
    """

    ticks: Tensor
    pitch_of: Tensor
    leader_of: Tensor
    length_of: Tensor
    metre_of: Tensor
    bar_ticks: Tensor
    back: Tensor
    lengths: Tensor
    kind_of: Tensor
    fits: Tensor
    needed: Tensor

    def __init__(self, grid: Grid, embedding: int, *, echo: bool) -> None:
        super().__init__()
        metres, events = grid.metres, grid.events
        pitches = sorted({pitch for pitch, _ in events if pitch is not None})
        lengths = sorted({ticks for _, ticks in events})
        before = 1 + len(metres)
        self.count, self.length, self.embedding = grid.bars, grid.length, embedding

        def keep(name: str, values: object, dtype: torch.dtype = torch.long) -> None:
            self.register_buffer(name, torch.tensor(values, dtype=dtype), persistent=False)

        # Of each token: its ticks; its pitch and length as rows of embeddings; the metre that it is.
        keep("ticks", [0] * before + [ticks for _, ticks in events])
        rows = [2 if pitch is None else 3 + pitches.index(pitch) for pitch, _ in events]
        rows = [0] + [1] * len(metres) + rows
        keep("pitch_of", rows)
        keep("leader_of", [rows.index(row) for row in rows])  # the first token of its pitch, which stands for them all
        keep("length_of", [0] * before + [1 + lengths.index(ticks) for _, ticks in events])
        keep("metre_of", [0, *range(len(metres))] + [0] * len(events))
        keep("bar_ticks", [metre.ticks for metre in metres])
        keep("back", BACK if echo else ())

        # Which kinds may stand where: 0 the end, 1 a metre, the others events of a length.
        longest = max(metre.ticks for metre in metres)
        keep("lengths", lengths)
        keep("kind_of", [0] + [1] * len(metres) + [2 + lengths.index(ticks) for _, ticks in events])
        moves = [[grid.moves.get(metre, {}).get(tick, ()) for tick in range(longest)] for metre in metres]
        fits = [[[float(ticks in found) for ticks in lengths] for found in of] for of in moves]
        keep("fits", fits, torch.float32)
        needed = [grid.needed(metre) for metre in metres]
        self.most = max(map(len, needed))
        keep("needed", [row + [0] * (self.most - len(row)) for row in needed])

        self.pitch = nn.Parameter(torch.randn(3 + len(pitches), embedding) * 0.3)
        self.duration = nn.Parameter(torch.randn(1 + len(lengths), embedding) * 0.3)
        self.own = nn.Parameter(torch.randn(before + len(events), embedding) * 0.1)
        self.begin = nn.Parameter(torch.randn(embedding) * 0.3)
        self.metre = nn.Parameter(torch.randn(len(metres) + 1, METRE) * 0.3)
        self.tick = nn.Parameter(torch.randn(len(metres), longest, TICK) * 0.2)
        self.bar = nn.Parameter(torch.randn(grid.bars + 1, BAR) * 0.2)
        self.place = nn.Parameter(torch.zeros(len(metres), grid.bars + 1, longest, PLACE))

    @property
    def size(self) -> int:
        """How many numbers tell of a place."""
        return METRE + TICK + BAR + PLACE + 2 + len(self.back) * (self.embedding + 2)

    def table(self) -> Tensor:
        """Return the embedding (V, E) of tokens: of pitch, length, and the two together."""
        return self.pitch[self.pitch_of] + self.duration[self.length_of] + self.own

    def places(self, tokens: Tensor) -> Places:
        """Return all places of tunes, (B, L) tokens."""
        ticks = self.ticks[tokens]
        starts = (ticks.cumsum(1) - ticks).contiguous()
        index = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
        known = (index > 0).long()
        metre = self.metre_of[tokens[:, :1]] * known
        now, before, there = self._back(starts, metre)
        found = torch.searchsorted(starts, before.flatten(1), right=True).view_as(before) - 1
        found = found.clamp(min=0)
        echoes = tokens.gather(1, found.flatten(1)).view_as(before) * there
        begins = (starts.gather(1, found.flatten(1)).view_as(before) == before) * there
        agrees = self._agreements(tokens, echoes * begins, now % self.bar_ticks[metre] == 0)
        return Places(metre, known, now, self.length - 1 - index, echoes, begins, agrees)

    def next_place(
        self, taken: Tensor, starts: Tensor, tokens: Tensor, now: Tensor, metre: Tensor, agrees: Tensor
    ) -> Places:
        """Return the place after tokens that were drawn one by one.

        Args:
            taken: how many there are, (B,).
            starts: where each begins, (B, L); `LATER` for those that are not there yet.
            tokens: their numbers, (B, L).
            now: the tick at which the next begins, (B,).
            metre: the number of the metre, (B,).
            agrees: what `agreement` told of the last of them, (B, K).
        """
        now, before, there = self._back(now, metre)
        found = ((starts[:, None] <= before[:, :, None]).long().sum(2) - 1).clamp(min=0)
        at = (torch.arange(self.length, device=tokens.device) == found[:, :, None]).to(tokens.dtype)
        echoes = (tokens[:, None] * at).sum(2).long() * there
        begins = ((starts[:, None] * at).sum(2).long() == before).long() * there
        return Places(metre, (taken > 0).long(), now, self.length - 1 - taken, echoes, begins, agrees)

    def agreement(self, token: Tensor, expected: Tensor, before: Tensor, begins_bar: Tensor) -> Tensor:
        """Return 1 where a bar with a token at its end so far is the same as K bars before, (B, K).

        Args:
            token: its number, (B,).
            expected: those that stand there K bars before, (B, K); 0 for none.
            before: what this told of the token before, (B, K).
            begins_bar: 1 where the token begins a bar, (B,).
        """
        same = (token[:, None] == expected).long() * (expected > 0).long()
        return same * torch.maximum(before, begins_bar[:, None])

    def _agreements(self, tokens: Tensor, expected: Tensor, begins_bar: Tensor) -> Tensor:
        """Return for each place (B, L, K) what `agreement` tells of the token before it."""
        differs = 1 - ((tokens[:, :, None] == expected) * (expected > 0)).long()
        count = differs.cumsum(1)
        index = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
        first = (index * begins_bar.long()).cummax(1).values[:, :, None].expand_as(count)
        agrees = (count - (count - differs).gather(1, first) == 0).long()
        return torch.cat([torch.zeros_like(agrees[:, :1]), agrees[:, :-1]], 1)

    def features(self, places: Places, table: Tensor) -> Tensor:
        """Return what is told of places, (..., size)."""
        ticks = self.bar_ticks[places.metre]
        tick, bar = places.start % ticks, torch.div(places.start, ticks, rounding_mode="floor")
        share = (tick.to(table.dtype) / ticks.to(table.dtype))[..., None]
        told = [
            self.metre[places.metre + len(self.bar_ticks) * (1 - places.known)],
            self.tick[places.metre, tick],
            self.bar[bar],
            self.place[places.metre, bar, tick],
            share,
            1 - share,
        ]
        if len(self.back):
            sounds = (places.echoes > 0).to(table.dtype)[..., None]
            flags = torch.stack([places.begins, places.agrees], -1).to(table.dtype)
            told.append(torch.cat([table[places.echoes] * sounds, flags], -1).flatten(-2))
        return torch.cat(told, -1)

    def copied(self, logits: Tensor, gates: Tensor, places: Places) -> Tensor:
        """Return logits (..., V) with gates (..., 2 K) added: of the token that began K bars before, and of the pitch
        that sounded then, however long."""
        sounds = (places.echoes > 0).to(logits.dtype)
        whole, pitch = gates.to(logits.dtype).chunk(2, -1)
        logits = logits.scatter_add(-1, places.echoes, whole * sounds * places.begins.to(logits.dtype))
        of_pitch = torch.zeros_like(logits).scatter_add(-1, self.leader_of[places.echoes], pitch * sounds)
        return logits + of_pitch[..., self.leader_of]

    def masked(self, logits: Tensor, places: Places) -> Tensor:
        """Return logits (..., V) that leave only tokens with which bars add up and the tune can still be ended."""
        ticks = self.bar_ticks[places.metre]
        total = ticks * self.count
        over = (places.start >= total).to(logits.dtype)
        known = places.known.to(logits.dtype)
        ends = torch.minimum(places.start[..., None] + self.lengths, total[..., None])
        needed = self.needed.flatten()[places.metre[..., None] * self.most + ends]
        enough = (needed <= places.left[..., None]).to(logits.dtype)
        fits = self.fits[places.metre, places.start % ticks].to(logits.dtype) * enough * (known * (1 - over))[..., None]
        kinds = torch.cat([(over * known)[..., None], (1 - known)[..., None], fits], -1)
        allowed = kinds[..., self.kind_of]
        return logits * allowed + NEVER_DRAWN * (1 - allowed)

    def _back(self, starts: Tensor, metre: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return starts within the tune, the ticks K bars before (..., K), and 1 where these are within it too."""
        ticks = self.bar_ticks[metre]
        now = torch.minimum(starts, ticks * self.count)
        before = now[..., None] - ticks[..., None] * self.back
        return now, before, (before >= 0).long()
