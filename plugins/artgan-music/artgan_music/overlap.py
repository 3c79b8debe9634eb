"""How alike two sets of tunes are, feature by feature: the overlapped area of Yang and Lerch.

For each feature the distances within the real set and those from one set to the other are two distributions, each
smoothed by a Gaussian kernel after Scott's rule; what they have in common is the number (Yang and Lerch 2020, "On the
evaluation of generative models in music", Neural Computing and Applications 32:4773; checked against the formulas of
GitHub RichardYang40148/mgeval, commit 42f1299b).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .features import intervals, lengths, pitch_classes, pitches_of, transitions
from .tune import Tune

POINTS = 400
"""At so many points the two densities are compared."""


def _used_pitches(tune: Tune) -> NDArray[np.float64]:
    return np.array([float(len(set(pitches_of(tune))))])


def _notes(tune: Tune) -> NDArray[np.float64]:
    return np.array([float(len(pitches_of(tune)))])


def _range(tune: Tune) -> NDArray[np.float64]:
    pitches = pitches_of(tune) or [0]
    return np.array([float(max(pitches) - min(pitches))])


def _mean_interval(tune: Tune) -> NDArray[np.float64]:
    steps = np.abs(np.diff(pitches_of(tune)))
    return np.array([float(steps.mean()) if len(steps) else 0.0])


def _time_between(tune: Tune) -> NDArray[np.float64]:
    starts, now = [], 0
    for pitch, ticks in tune.events:
        starts += [now] if pitch is not None else []
        now += ticks
    gaps = np.diff(starts)
    return np.array([float(gaps.mean()) if len(gaps) else 0.0])


FEATURES: Mapping[str, Callable[[Tune], NDArray[np.float64]]] = {
    "pitches used": _used_pitches,
    "pitch range": _range,
    "mean interval": _mean_interval,
    "pitch classes": pitch_classes,
    "pitch-class transitions": transitions,
    "intervals": intervals,
    "notes": _notes,
    "time between notes": _time_between,
    "note lengths": lengths,
}


def overlaps(real: Sequence[Tune], fake: Sequence[Tune]) -> dict[str, float]:
    """Return the overlapped area of each feature, 0 to 1."""
    found = {}
    for name, feature in FEATURES.items():
        mine, other = (np.stack([feature(tune) for tune in tunes]) for tunes in (real, fake))
        within = _distances(mine, mine)[~np.eye(len(mine), dtype=bool)]
        found[name] = overlapped_area(within, _distances(mine, other).ravel())
    return found


def overlapped_area(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the integral of the lesser of two densities, from the least to the greatest value of either."""
    low, high = min(first.min(), second.min()), max(first.max(), second.max())
    if high - low < 1e-12:
        return 1.0
    points = np.linspace(low, high, POINTS)
    lesser = np.minimum(density(first, points), density(second, points))
    return float(((lesser[1:] + lesser[:-1]) / 2).sum() * (points[1] - points[0]))


def density(values: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kernel density estimate of values at points: Gaussian, of Scott's bandwidth."""
    width = float(values.std(ddof=1)) * len(values) ** -0.2 if len(values) > 1 else 0.0
    width = max(width, (points[-1] - points[0]) / POINTS)
    different, counts = np.unique(values, return_counts=True)
    kernels = np.exp(-0.5 * ((points[:, None] - different) / width) ** 2) @ counts
    return np.asarray(kernels / (len(values) * width * np.sqrt(2 * np.pi)))


def _distances(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)).round(9))
