"""The grid of bars that tokens stand on: which there are, and which may stand at a place so that bars add up.

A tune is its metre, its events, and token 0, which ends it. An event is written ``pitch:ticks``, with ``r`` for a rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from artgan.interfaces import Spec

from .tune import Bar, Event, Metre, Tune, event_to_text, parse_event

NAME = "music"
"""The modality whose samples stand on a grid."""
BARS, MOVES = "bars", "moves"
"""The keys of a spec's presentation under which a grid is kept."""
MAX_BARS = 64
NEVER = 10_000
"""More events than there are in any tune."""

Moves = Mapping[Metre, Mapping[int, tuple[int, ...]]]
"""For each metre and tick of its bar, how many ticks an event that begins there may last."""


@dataclass(frozen=True)
class Grid:
    """What tokens mean, and where they may stand.

    Attributes:
        metres: as tokens 1, 2, ... name them.
        events: as the tokens after these do.
        bars: of a tune.
        moves: how long events may last.
        length: most tokens of a sample, with metre and end.
    """

    metres: tuple[Metre, ...]
    events: tuple[Event, ...]
    bars: int
    moves: Moves
    length: int

    @classmethod
    def of_tunes(cls, tunes: Sequence[Tune], bars: int) -> Self:
        """Return the grid that tunes stand on: all their metres and events, the commonest first."""
        metres = Counter(tune.metre for tune in tunes)
        events = Counter(event for tune in tunes for event in tune.events)
        ordered = sorted(events.items(), key=lambda item: (-item[1], item[0][0] or 0, item[0][1]))
        seen: dict[Metre, dict[int, set[int]]] = {}
        for tune in tunes:
            for tick, ticks in moves_of(tune):
                seen.setdefault(tune.metre, {}).setdefault(tick, set()).add(ticks)
        return cls(
            metres=tuple(sorted(metres, key=lambda metre: (-metres[metre], metre))),
            events=tuple(event for event, _ in ordered),
            bars=bars,
            moves={metre: {tick: tuple(sorted(found)) for tick, found in of.items()} for metre, of in seen.items()},
            length=max(len(tune.events) for tune in tunes) + 2,
        )

    @classmethod
    def of_spec(cls, spec: Spec) -> Self:
        """Return the grid of a spec, which may come from anybody.

        Raises:
            ValueError: if it is none.
        """
        if spec.modality != NAME or len(spec.shape) != 2 or not spec.ends or spec.shape[1] != len(spec.tokens):
            raise ValueError(f"it takes tunes on a grid of bars, not {spec.modality} of {spec.shape}")
        named = [token for token in spec.tokens[1:] if "/" in token]
        metres = tuple(map(Metre.parse, named))
        events = tuple(parse_event(token) for token in spec.tokens[1 + len(named) :])
        bars, moves = int(spec.presentation.get(BARS, "0")), _moves(spec.presentation.get(MOVES, ""))
        if spec.tokens[1 : 1 + len(named)] != tuple(named) or not metres or not events or not 1 <= bars <= MAX_BARS:
            raise ValueError("its tokens are no metres followed by events, or it tells of no bars")
        grid = cls(metres, events, bars, moves, spec.shape[0])
        if any(grid.needed(metre)[0] > grid.length - 1 for metre in metres):
            raise ValueError("its bars cannot be filled by the events that it tells of")
        return grid

    @property
    def spec(self) -> Spec:
        """The spec that this grid can be made from again; metres are its classes, where there are several."""
        tokens = ("", *map(str, self.metres), *map(event_to_text, self.events))
        classes = tuple(map(str, self.metres)) if len(self.metres) > 1 else ()
        shown = {BARS: str(self.bars), MOVES: _shown(self.moves)}
        return Spec(NAME, (self.length, len(tokens)), classes, len(tokens), tokens, shown)

    @cached_property
    def _numbers(self) -> dict[Metre | Event, int]:
        tokens: list[Metre | Event] = [*self.metres, *self.events]
        return {token: number for number, token in enumerate(tokens, start=1)}

    def tokens(self, tune: Tune) -> list[int]:
        """Return the tokens of a tune, filled up with that which ends it.

        Raises:
            ValueError: if it is not on this grid, in words that follow its name.
        """
        if len(tune.bars) != self.bars:
            raise ValueError(f"has {len(tune.bars)} bars, not {self.bars}")
        if tune.metre not in self.metres:
            raise ValueError(f"is in {tune.metre}, not in {' or '.join(map(str, self.metres))}")
        events = tune.events
        if strange := next((event for event in events if event not in self._numbers), None):
            raise ValueError(f"has an event, {event_to_text(strange)}, that the other tunes do not have")
        if len(events) + 2 > self.length:
            raise ValueError(f"has {len(events)} events, more than {self.length - 2}")
        numbers = [self._numbers[tune.metre], *(self._numbers[event] for event in events)]
        return numbers + [0] * (self.length - len(numbers))

    def tune(self, tokens: Iterable[int], title: str = "") -> Tune:
        """Return the tune that any tokens are: events up to the end, cut at bar lines; the last bar may be short."""
        metre, events = self.metres[0], list[Event]()
        for place, number in enumerate(tokens):
            if not number:
                break
            if number <= len(self.metres):
                metre = self.metres[number - 1] if not place else metre
            else:
                events.append(self.events[number - len(self.metres) - 1])
        return Tune(title, metre, _in_bars(events, metre))

    def needed(self, metre: Metre) -> list[int]:
        """Return the fewest events that fill a tune from each of its ticks on; 0 from its end on."""
        of_bar = self._least(metre)
        ticks = metre.ticks
        return [of_bar[at % ticks] + (self.bars - 1 - at // ticks) * of_bar[0] for at in range(ticks * self.bars)] + [0]

    def _least(self, metre: Metre) -> list[int]:
        """Return the fewest events that fill a bar from each of its ticks on."""
        moves, least = self.moves.get(metre, {}), [NEVER] * metre.ticks + [0]
        for tick in range(metre.ticks - 1, -1, -1):
            ways = [least[tick + ticks] for ticks in moves.get(tick, ()) if tick + ticks <= metre.ticks]
            least[tick] = min([NEVER, *(1 + way for way in ways)])
        return least[:-1]


def moves_of(tune: Tune) -> list[tuple[int, int]]:
    """Return the tick of its bar at which each event of a tune begins, and how many it lasts."""
    moves = []
    for bar in tune.bars:
        tick = 0
        for _, ticks in bar:
            moves.append((tick, ticks))
            tick += ticks
    return moves


def _in_bars(events: Sequence[Event], metre: Metre) -> tuple[Bar, ...]:
    bars, now = list[list[Event]](), 0
    for pitch, ticks in events:
        while ticks:
            if now % metre.ticks == 0:
                bars.append([])
            room = min(ticks, metre.ticks - now % metre.ticks)
            bars[-1].append((pitch, room))
            now, ticks = now + room, ticks - room
    return tuple(map(tuple, bars))


def _shown(moves: Moves) -> str:
    """Return moves as text: ``6/8 0=3,6 3=3; 4/4 ...``."""
    of = (
        " ".join([str(metre), *(f"{tick}={','.join(map(str, ticks))}" for tick, ticks in sorted(found.items()))])
        for metre, found in sorted(moves.items())
    )
    return "; ".join(of)


def _moves(text: str) -> Moves:
    moves: dict[Metre, dict[int, tuple[int, ...]]] = {}
    for part in filter(None, text.split("; ")):
        name, *found = part.split(" ")
        metre = Metre.parse(name)
        moves[metre] = {}
        for move in found:
            tick, _, ticks = move.partition("=")
            lengths = tuple(int(length) for length in ticks.split(","))
            if not 0 <= int(tick) < metre.ticks or min(lengths) < 1:
                raise ValueError(f"its move {move[:20]!r} is none")
            moves[metre][int(tick)] = lengths
    return moves
