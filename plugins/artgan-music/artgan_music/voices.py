"""The grid of steps that the voices of a piece stand on, and the order in which their tokens come.

At each step there is a token for each voice: it holds what sounds, rests, or begins a pitch. Outer voices come before
inner ones, of four: soprano, bass, tenor, alto. What sounds at a bar line begins again there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from artgan.interfaces import Spec

from .piece import MOST_PARTS, Piece
from .tune import Bar, Event, Metre

NAME = "polyphony"
"""The modality whose samples stand on steps."""
HOLD, REST, PITCHES = 0, 1, 2
"""The tokens of a voice that goes on and of one that rests, and that of the lowest pitch."""
SIGNS = ("-", "r")
METRE, STEP, BARS, RANGES = "metre", "step", "bars", "ranges"
"""The keys of a spec's presentation under which a grid is kept."""
MAX_BARS, LONGEST = 64, 4096
"""Bars and tokens of a piece."""


@dataclass(frozen=True)
class Range:
    """What a voice may do.

    Attributes:
        low: its lowest pitch, of MIDI.
        high: its highest.
        rests: whether it may rest.
    """

    low: int
    high: int
    rests: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` gives.

        Raises:
            ValueError: if it is none.
        """
        low, _, high = text.removesuffix("r").partition("-")
        found = cls(int(low), int(high), text.endswith("r"))
        if not 0 <= found.low <= found.high <= 127:
            raise ValueError(f"{text[:20]!r} is no range of pitches")
        return found

    def __str__(self) -> str:
        return f"{self.low}-{self.high}{'r' * self.rests}"


@dataclass(frozen=True)
class VoiceGrid:
    """What tokens mean, and where they may stand.

    Attributes:
        metre: of all bars.
        step: ticks of a step, of which there is a whole number in a bar.
        bars: of a piece.
        ranges: what each voice may do, the highest voice first.
    """

    metre: Metre
    step: int
    bars: int
    ranges: tuple[Range, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.ranges) <= MOST_PARTS or not 1 <= self.bars <= MAX_BARS or self.step < 1:
            raise ValueError(f"it has {len(self.ranges)} voices and {self.bars} bars in steps of {self.step}")
        if self.metre.ticks % self.step or self.length > LONGEST:
            raise ValueError(f"bars of {self.metre} are cut into no whole number of steps, or there are too many")

    @classmethod
    def of_pieces(cls, pieces: Sequence[Piece], step: int) -> Self:
        """Return the grid that pieces of one metre, one number of voices and one number of bars stand on."""
        first = pieces[0]
        ranges = []
        for place in range(len(first.parts)):
            events = [event for piece in pieces for event in piece.parts[place].events]
            pitches = [pitch for pitch, _ in events if pitch is not None] or [60]
            ranges.append(Range(min(pitches), max(pitches), any(pitch is None for pitch, _ in events)))
        return cls(first.metre, step, len(first.parts[0].bars), tuple(ranges))

    @classmethod
    def of_spec(cls, spec: Spec) -> Self:
        """Return the grid of a spec, which may come from anybody.

        Raises:
            ValueError: if it is none.
        """
        told = spec.presentation
        if spec.modality != NAME or len(spec.shape) != 2:
            raise ValueError(f"it takes pieces in several voices, not {spec.modality} of {spec.shape}")
        try:
            ranges = tuple(map(Range.parse, told[RANGES].split()))
            grid = cls(Metre.parse(told[METRE]), int(told[STEP]), int(told[BARS]), ranges)
        except KeyError as error:
            raise ValueError(f"it tells of no {error.args[0]}") from None
        if (*spec.shape, spec.tokens) != (grid.length, grid.vocabulary, grid.names):
            raise ValueError("its tokens are not those of its voices")
        return grid

    @property
    def spec(self) -> Spec:
        """The spec that this grid can be made from again."""
        told = {
            METRE: str(self.metre),
            STEP: str(self.step),
            BARS: str(self.bars),
            RANGES: " ".join(map(str, self.ranges)),
        }
        return Spec(NAME, (self.length, self.vocabulary), (), self.vocabulary, self.names, told)

    @property
    def voices(self) -> int:
        """How many voices there are."""
        return len(self.ranges)

    @property
    def order(self) -> tuple[int, ...]:
        """The voice of each token of a step: the highest, the lowest, and those between from below."""
        return (0, *range(self.voices - 1, 0, -1))

    @property
    def steps_of_bar(self) -> int:
        """Steps of a bar."""
        return self.metre.ticks // self.step

    @property
    def length(self) -> int:
        """Tokens of a piece."""
        return self.bars * self.steps_of_bar * self.voices

    @property
    def lowest(self) -> int:
        """The pitch of token `PITCHES`."""
        return min(own.low for own in self.ranges)

    @property
    def vocabulary(self) -> int:
        """How many tokens there are."""
        return PITCHES + max(own.high for own in self.ranges) - self.lowest + 1

    @property
    def names(self) -> tuple[str, ...]:
        """How tokens are written."""
        return (*SIGNS, *(str(self.lowest + place) for place in range(self.vocabulary - PITCHES)))

    def tokens(self, piece: Piece) -> list[int]:
        """Return the tokens of a piece.

        Raises:
            ValueError: if it is not on this grid, in words that follow its name.
        """
        if len(piece.parts) != self.voices or piece.metre != self.metre:
            raise ValueError(f"is in {len(piece.parts)} voices and {piece.metre}, not {self.voices} and {self.metre}")
        if len(piece.parts[0].bars) != self.bars:
            raise ValueError(f"has {len(piece.parts[0].bars)} bars, not {self.bars}")
        rows = [self._row(part.bars, own) for part, own in zip(piece.parts, self.ranges, strict=True)]
        return [rows[voice][step] for step in range(len(rows[0])) for voice in self.order]

    def _row(self, bars: Iterable[Bar], own: Range) -> list[int]:
        """Return the tokens of one voice, one for each step."""
        row: list[int] = []
        for pitch, ticks in (event for bar in bars for event in bar):
            if ticks % self.step:
                raise ValueError(f"has notes that are no whole number of steps of {self.step} ticks")
            if pitch is None and not own.rests:
                raise ValueError("rests in a voice that never does in the others")
            if pitch is not None and not own.low <= pitch <= own.high:
                raise ValueError(
                    f"has a voice that goes beyond {own}, which is as far as this voice goes in the others"
                )
            row += [REST if pitch is None else PITCHES + pitch - self.lowest] + [HOLD] * (ticks // self.step - 1)
        return row

    def piece(self, tokens: Sequence[int], title: str = "") -> Piece:
        """Return the piece that any tokens are; a voice that holds what never began rests."""
        by_order = [self._bars(tokens[place :: self.voices]) for place in range(self.voices)]
        parts = tuple(by_order[self.order.index(voice)] for voice in range(self.voices))
        return Piece.of_bars(title, self.metre, parts)

    def _bars(self, row: Sequence[int]) -> tuple[Bar, ...]:
        """Return the bars of one voice."""
        bars, sounding = [], REST
        for first, after in pairwise(range(0, len(row) + 1, self.steps_of_bar)):
            bar = list[Event]()
            for place in range(first, after):
                begins = row[place] != HOLD or place == first
                sounding = row[place] if row[place] != HOLD else sounding
                if begins:
                    bar.append((None if sounding == REST else sounding - PITCHES + self.lowest, self.step))
                else:
                    bar[-1] = (bar[-1][0], bar[-1][1] + self.step)
            bars.append(tuple(bar))
        return tuple(bars)
