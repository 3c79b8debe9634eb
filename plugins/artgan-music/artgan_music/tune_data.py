"""Chooses the tunes that have enough in common to learn from, and numbers them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artgan import ArtganError, printable
from artgan.interfaces import Data, LeftOut

from .grid import Grid, moves_of
from .tune import Metre, Tune
from .tune_store import Found

FEWEST = 2
"""Tunes that there must be."""
USUAL_METRE = 0.05
"""The share of the tunes that a metre must have, where none is asked for."""
KNOWN_BY_NAME = 10
"""Rhythms and events are rare only where there are more tunes than this many times as often as they must occur."""


@dataclass(frozen=True)
class Selection:
    """Which tunes are taken.

    Attributes:
        bars: of a tune.
        metres: that are taken; none for all that are common.
        rarest_event: a tune with an event that occurs less often is left out.
        rarest_move: likewise, of a duration at a place in the bar.
        longest: events; a tune with more is left out.
        held_out: the share of the tunes that nothing is trained on.
    """

    bars: int
    metres: tuple[Metre, ...]
    rarest_event: int
    rarest_move: int
    longest: int
    held_out: float


@dataclass(frozen=True)
class Credits:
    """What people are told of where tunes come from, as `artgan.interfaces.Data` says."""

    title: str
    licence: str
    source: str
    notes: tuple[str, ...] = ()


def data_of(found: Found[Tune], selection: Selection, told: Credits) -> Data:
    """Return tunes as numbered events.

    Raises:
        ArtganError: if too few are left.
    """
    left_out = list(found.left_out)
    tunes = _common(list(found.pieces), selection, left_out)
    if len(tunes) < FEWEST:
        raise ArtganError(too_few(told.title, len(tunes), left_out))

    grid = Grid.of_tunes(tunes, selection.bars)
    apart = [_share_of(tune) < selection.held_out for tune in tunes]
    apart = apart if sum(apart) < len(tunes) - 1 else [False] * len(tunes)
    samples = np.array([grid.tokens(tune) for tune in tunes], np.uint16)
    held_out = np.array(apart)
    kept = [tune for tune, out in zip(tunes, apart, strict=True) if not out]
    return Data(
        spec=grid.spec,
        samples=samples[~held_out],
        labels=samples[~held_out, 0].astype(np.int64) - 1 if len(grid.metres) > 1 else None,
        fingerprint=hashlib.sha256(repr(grid.spec).encode() + samples.tobytes() + held_out.tobytes()).hexdigest(),
        title=told.title,
        licence=told.licence,
        source=told.source,
        left_out=tuple(left_out),
        held_out=samples[held_out] if held_out.any() else None,
        names=[tune.title for tune in kept],
        notes=(*told.notes, *_metre_note(found.pieces, grid.metres)),
    )


def _common(tunes: list[Tune], selection: Selection, left_out: list[LeftOut]) -> list[Tune]:
    """Return the tunes whose metres, events and rhythms others share, and tell why the rest are left out."""
    tunes = _kept(tunes, _metre_reasons(tunes, selection), left_out)
    long = {
        number: f"has {len(tune.events)} events, more than longest={selection.longest}"
        for number, tune in enumerate(tunes)
        if len(tune.events) > selection.longest
    }
    tunes = _kept(tunes, long, left_out)
    while rare := _rare(tunes, selection):  # what leaves takes events with it, so that others may become rare
        tunes = _kept(tunes, rare, left_out)
    return tunes


def _kept(tunes: Sequence[Tune], reasons: dict[int, str], left_out: list[LeftOut]) -> list[Tune]:
    left_out += [LeftOut(printable(tunes[number].title), reason) for number, reason in reasons.items()]
    return [tune for number, tune in enumerate(tunes) if number not in reasons]


def _metre_reasons(tunes: Sequence[Tune], selection: Selection) -> dict[int, str]:
    counts = Counter(tune.metre for tune in tunes)
    taken = set(selection.metres) or {metre for metre, count in counts.items() if count >= USUAL_METRE * len(tunes)}
    wanted = "which was not asked for" if selection.metres else f"as are {{}} of {len(tunes):,} tunes: too few to learn"
    return {
        number: f"is in {tune.metre}, {wanted.format(counts[tune.metre])}"
        for number, tune in enumerate(tunes)
        if tune.metre not in taken
    }


def _rare(tunes: Sequence[Tune], selection: Selection) -> dict[int, str]:
    """Return why some tunes are left out: they have an event, or a rhythm, that hardly any other has."""
    events = Counter(event for tune in tunes for event in tune.events)
    moves = Counter((tune.metre, move) for tune in tunes for move in moves_of(tune))
    event_limit, move_limit = (
        limit if len(tunes) > KNOWN_BY_NAME * limit else 1 for limit in (selection.rarest_event, selection.rarest_move)
    )
    reasons = {}
    for number, tune in enumerate(tunes):
        if any(events[event] < event_limit for event in tune.events):
            reasons[number] = f"has a pitch or duration that occurs less than {event_limit} times"
        elif any(moves[tune.metre, move] < move_limit for move in moves_of(tune)):
            reasons[number] = f"has a rhythm that occurs less than {move_limit} times"
    return reasons


def _metre_note(tunes: Sequence[Tune], taken: Sequence[Metre]) -> tuple[str, ...]:
    counts = Counter(tune.metre for tune in tunes)
    others = [f"{count:,} in {metre}" for metre, count in counts.most_common() if metre not in taken]
    return (f"left out, as too few of their metre: {', '.join(others)}",) if others else ()


def too_few(title: str, count: int, left_out: Sequence[LeftOut]) -> str:
    """Return what is said where tunes or pieces are too few."""
    first = f" (first {left_out[0].name}: {left_out[0].reason})" if left_out else ""
    return f"{title} gives too few tunes to learn from ({count}); {len(left_out):,} left out{first}"


def _share_of(tune: Tune) -> float:
    """Return a number from 0 to 1 that is a function of a tune's content, which decides whether it is held out."""
    content = f"{tune.metre} {tune.bars}".encode()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little") / 2**64
