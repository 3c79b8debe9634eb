"""What can be counted of one tune: its form, its scale, its rhythm, its close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .tune import WHITE, Bar, Tune

EIGHTH = 6
LAGS = (1, 2, 4, 8)
"""How many bars before a bar is compared with."""
LONGEST = 48
"""Ticks from which on notes are equally long in a histogram."""


def full_bars(tune: Tune) -> float:
    """Return the share of bars that are full."""
    return _mean([sum(ticks for _, ticks in bar) == tune.metre.ticks for bar in tune.bars])


def form(tune: Tune, lag: int) -> float:
    """Return the share of eighths on which the same sounds as so many bars before."""
    rows = _eighths(tune)
    return _mean((rows[lag:] == rows[:-lag]).ravel().tolist()) if len(rows) > lag else 0.0


def repeated_bars(tune: Tune) -> float:
    """Return the share of bars that are the same as one before."""
    return 1 - len(set(tune.bars)) / len(tune.bars) if tune.bars else 0.0


def scale(tune: Tune) -> float:
    """Return the share of notes on white keys."""
    return _mean([pitch % 12 in WHITE for pitch, _ in tune.events if pitch is not None])


def groove(tune: Tune) -> float:
    """Return the share of eighths on which neighbouring bars agree whether a note begins.

    That is the grooving pattern similarity of Wu and Yang 2020 (arXiv:2008.01307), of neighbours alone.
    """
    starts = np.array([_starts(bar, tune.metre.ticks) for bar in tune.bars])
    return _mean((starts[1:] == starts[:-1]).ravel().tolist()) if len(starts) > 1 else 0.0


def cadence(tune: Tune) -> float:
    """Return 1 where the middle of the last bar sounds as that of the last bar of the first half does, else 0."""
    rows = _eighths(tune)
    if len(rows) < 2:
        return 0.0
    middle = rows.shape[1] // 2
    return float(rows[-1, middle] == rows[len(rows) // 2 - 1, middle])


EACH: Mapping[str, Callable[[Tune], float]] = {
    **{f"form at {lag} bar{'s' if lag > 1 else ''}": partial(form, lag=lag) for lag in LAGS},
    "repeated bars": repeated_bars,
    "scale": scale,
    "groove": groove,
    "cadence": cadence,
}
"""Numbers of one tune, by name."""


def pitches_of(tune: Tune) -> list[int]:
    """Return the pitches of a tune's notes."""
    return [pitch for pitch, _ in tune.events if pitch is not None]


def pitch_classes(tune: Tune) -> NDArray[np.float64]:
    """Return the share of notes of each pitch class, (12,)."""
    return _shares([pitch % 12 for pitch in pitches_of(tune)], 12)


def transitions(tune: Tune) -> NDArray[np.float64]:
    """Return the share of steps from each pitch class to each, (144,)."""
    pitches = pitches_of(tune)
    return _shares([first % 12 * 12 + second % 12 for first, second in pairwise(pitches)], 144)


def intervals(tune: Tune) -> NDArray[np.float64]:
    """Return the share of intervals of each size, an octave and more together, down and up, (25,)."""
    return _shares((np.clip(np.diff(pitches_of(tune)), -12, 12) + 12).astype(int).tolist(), 25)


def lengths(tune: Tune) -> NDArray[np.float64]:
    """Return the share of notes of each length in ticks, those of a whole note and more together, (49,)."""
    return _shares([min(ticks, LONGEST) for pitch, ticks in tune.events if pitch is not None], LONGEST + 1)


def numbers_of(tune: Tune) -> NDArray[np.float64]:
    """Return all that is counted here of one tune, one after the other."""
    each = np.array([count(tune) for count in EACH.values()])
    return np.concatenate([each, pitch_classes(tune), intervals(tune), lengths(tune)])


def _eighths(tune: Tune) -> NDArray[np.int64]:
    """Return what sounds on each eighth, (bars, eighths): a pitch, or 0 for none."""
    count = max(1, tune.metre.ticks // EIGHTH)
    rows = np.zeros((len(tune.bars), count), np.int64)
    for row, bar in zip(rows, tune.bars, strict=True):
        now = 0
        for pitch, ticks in bar:
            row[-(-now // EIGHTH) : -(-(now + ticks) // EIGHTH)] = pitch or 0
            now += ticks
    return rows


def _starts(bar: Bar, ticks: int) -> list[bool]:
    starts, now = [False] * max(1, ticks // EIGHTH), 0
    for pitch, length in bar:
        if pitch is not None and now // EIGHTH < len(starts):
            starts[now // EIGHTH] = True
        now += length
    return starts


def _shares(values: Sequence[int], count: int) -> NDArray[np.float64]:
    counts = np.bincount(np.array(values, np.int64), minlength=count).astype(np.float64)
    return np.asarray(counts / max(1.0, float(counts.sum())))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0
