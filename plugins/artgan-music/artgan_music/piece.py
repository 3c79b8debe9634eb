"""A piece: tunes that sound together; a tune alone is a piece of one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .tune import Bar, Metre, Tune, event_to_text, parse_event

MOST_PARTS = 4
BESIDE = " & "
"""Stands between the parts of a bar."""


@dataclass(frozen=True)
class Piece:
    """Parts of one metre and as many bars.

    Attributes:
        title: what it is called, in one line.
        parts: the highest first, at least one.
    """

    title: str
    parts: tuple[Tune, ...]

    @classmethod
    def of_bars(cls, title: str, metre: Metre, parts: tuple[tuple[Bar, ...], ...]) -> Self:
        """Return the piece whose parts have these bars."""
        return cls(title, tuple(Tune(title, metre, bars) for bars in parts))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read what `to_text` gives, and what `Tune.to_text` does.

        Raises:
            ValueError: if it is neither.
        """
        name, *lines = text.split("\n")
        bars = [[tuple(map(parse_event, part.split())) for part in line.split(BESIDE)] for line in lines]
        counts = {len(bar) for bar in bars}
        if len(counts) > 1 or max(counts, default=1) > MOST_PARTS:
            raise ValueError("its bars have not as many parts each, at most four")
        parts = tuple(zip(*bars, strict=True)) if bars else ((),)
        return cls.of_bars("", Metre.parse(name), parts)

    def to_text(self) -> str:
        """Return the metre, and a line for each bar with its parts beside one another."""
        lines = (BESIDE.join(" ".join(map(event_to_text, part)) for part in bar) for bar in self.bars)
        return "\n".join([str(self.metre), *lines])

    @property
    def bars(self) -> list[tuple[Bar, ...]]:
        """The bars of all parts together."""
        return list(zip(*(part.bars for part in self.parts), strict=True))

    @property
    def metre(self) -> Metre:
        """The metre of all bars."""
        return self.parts[0].metre
