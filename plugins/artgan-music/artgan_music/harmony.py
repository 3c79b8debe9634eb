"""What can be counted of a piece in several voices: its chords, and how its voices move against one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .features import intervals, pitch_classes
from .piece import Piece
from .tune import WHOLE

OCTAVE, FIFTH = 12, 7
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 8))
SEVENTHS = ((0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6, 10), (0, 3, 6, 9))
CHORDS = frozenset(
    frozenset((root + step) % OCTAVE for step in chord) for chord in (*TRIADS, *SEVENTHS) for root in range(OCTAVE)
)
"""The pitch classes of each triad and each seventh chord on any root."""


def chords(piece: Piece) -> float:
    """Return the share of beats on which the voices sound a whole triad or a whole seventh chord."""
    metre, rows = piece.metre, _ticks(piece)
    compound = metre.unit >= 8 and metre.beats % 3 == 0
    beat = WHOLE // metre.unit * (3 if compound else 1)
    sounding = ({pitch % OCTAVE for pitch in column if pitch >= 0} for column in rows[:, ::beat].T.tolist())
    return _mean([float(frozenset(classes) in CHORDS) for classes in sounding if classes])


def crossings(piece: Piece) -> float:
    """Return the share of time for which a voice is below the next lower one, over all neighbours."""
    rows = _ticks(piece)
    both = (rows[:-1] >= 0) & (rows[1:] >= 0)
    return _mean((rows[:-1] < rows[1:])[both].astype(float).tolist())


def parallels(piece: Piece) -> float:
    """Return the share of moves of two voices at once that are from fifth to fifth, or octave to octave."""
    rows = _ticks(piece)
    before, after = rows[:, :-1], rows[:, 1:]
    moves = (before >= 0) & (after >= 0) & (before != after)
    found = list[NDArray[np.bool_]]()
    for high, low in combinations(range(len(rows)), 2):
        both = moves[high] & moves[low]
        first, second = ((row[high] - row[low])[both] % OCTAVE for row in (before, after))
        found.append((first == second) & np.isin(first, (0, FIFTH)))
    return _mean(np.concatenate(found).astype(float).tolist()) if found else 0.0


EACH: Mapping[str, Callable[[Piece], float]] = {
    "chords on the beat": chords,
    "crossings": crossings,
    "parallels": parallels,
}
"""Numbers of one piece, by name."""


def numbers_of(piece: Piece) -> NDArray[np.float64]:
    """Return all that is counted here of one piece, with the pitch classes and the leaps of each voice."""
    each = np.array([count(piece) for count in EACH.values()])
    lines = [counted(part) for part in piece.parts for counted in (pitch_classes, intervals)]
    return np.concatenate([each, _over_bass(piece), *lines])


def _over_bass(piece: Piece) -> NDArray[np.float64]:
    """Return how often each interval class stands between the lowest voice and another, (12,)."""
    rows = _ticks(piece)
    both = (rows[:-1] >= 0) & (rows[-1:] >= 0)
    counts = np.bincount((rows[:-1] - rows[-1:])[both] % OCTAVE, minlength=OCTAVE).astype(np.float64)
    return np.asarray(counts / max(1.0, float(counts.sum())))


def _ticks(piece: Piece) -> NDArray[np.int64]:
    """Return what each voice sounds at each tick, (voices, ticks): a pitch, or -1 for none."""
    return np.array(
        [
            [-1 if pitch is None else pitch for pitch, ticks in part.events for _ in range(ticks)]
            for part in piece.parts
        ],
        np.int64,
    )


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0
