"""A tune: bars of events on a grid of ticks, in white keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

WHOLE = 48
"""Ticks of a whole note: a quarter is 12, an eighth 6, an eighth of a triplet 4, a sixteenth 3."""
LARGEST_BEATS = 32
WHITE = (0, 2, 4, 5, 7, 9, 11)
"""The white keys, as semitones above C."""

Event = tuple[int | None, int]
"""A MIDI pitch, or None for a rest, and how many ticks it lasts."""
Bar = tuple[Event, ...]

_METRE = re.compile(r"(\d{1,2})/(\d{1,2})")
_EVENT = re.compile(r"(r|\d{1,3}):([1-9]\d{0,3})")


def event_to_text(event: Event) -> str:
    """Return an event as ``pitch:ticks``, with ``r`` for a rest."""
    pitch, ticks = event
    return f"{'r' if pitch is None else pitch}:{ticks}"


def parse_event(text: str) -> Event:
    """Read what `event_to_text` gives.

    Raises:
        ValueError: if it is none.
    """
    match = _EVENT.fullmatch(text)
    if not match or (match[1] != "r" and int(match[1]) > 127):
        raise ValueError(f"{text[:20]!r} is no event")
    return None if match[1] == "r" else int(match[1]), int(match[2])


@dataclass(frozen=True, order=True)
class Metre:
    """A metre.

    Attributes:
        beats: the upper number.
        unit: the lower one.
    """

    beats: int
    unit: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``6/8``, or the signs for common time and alla breve.

        Raises:
            ValueError: if it is no metre, or its bars are no whole number of ticks.
        """
        text = text.strip()
        match = _METRE.fullmatch("4/4" if text in ("C", "C|", "2/2") else text)
        if not match:
            raise ValueError(f"its metre {text[:20]!r} is none")
        metre = cls(int(match[1]), int(match[2]))
        if not 1 <= metre.beats <= LARGEST_BEATS or metre.unit not in (1, 2, 4, 8, 16):
            raise ValueError(f"its metre {metre} is none that is kept")
        return metre

    @property
    def ticks(self) -> int:
        """Ticks of a bar."""
        return WHOLE * self.beats // self.unit

    @property
    def beat(self) -> int:
        """Ticks under one beam: a dotted quarter in 6/8, 9/8 and 12/8, half a bar of 4/4, else a beat."""
        if self.unit >= 8 and self.beats % 3 == 0:
            return 3 * WHOLE // self.unit
        return WHOLE // 2 if (self.beats, self.unit) == (4, 4) else max(6, WHOLE // self.unit)

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


@dataclass(frozen=True)
class Tune:
    """A tune whose bars are all full.

    Attributes:
        title: what it is called, in one line.
        metre: of all bars.
        bars: the events of each.
    """

    title: str
    metre: Metre
    bars: tuple[Bar, ...]

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read what `to_text` gives."""
        metre, *bars = text.split("\n")
        return cls("", Metre.parse(metre), tuple(tuple(map(parse_event, bar.split())) for bar in bars))

    def to_text(self) -> str:
        """Return the metre, and a line for each bar, as metrics take tunes."""
        return "\n".join([str(self.metre), *(" ".join(map(event_to_text, bar)) for bar in self.bars)])

    @property
    def parts(self) -> tuple[Tune, ...]:
        """Itself alone, as a piece has several."""
        return (self,)

    @property
    def events(self) -> list[Event]:
        """All events, one after the other."""
        return [event for bar in self.bars for event in bar]


def final(events: list[Event]) -> int:
    """Return the white key, 0 to 6 from C, on which a tune in white keys ends, or C where it does not end on one."""
    last = next((pitch for pitch, _ in reversed(events) if pitch is not None), 0)
    return WHITE.index(last % 12) if last % 12 in WHITE else 0
