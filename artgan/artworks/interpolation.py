"""Paths through latents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Latent = NDArray[np.float64]
KINDS = ("slerp", "spline")


def path(stops: Sequence[Latent], frames: int, *, kind: str = "slerp", loop: bool = False) -> Iterator[Latent]:
    """Yield latents from the first stop through all others, equally far apart in time.

    Args:
        stops: latents of one size, at least two.
        frames: how many latents, at least one for each stop.
        kind: ``slerp`` follows the great arc between neighbours (Shoemake 1985), with a corner at each stop; ``spline``
            is a Catmull-Rom curve through all of them, its norm brought to that of the arc.
        loop: go on from the last stop to the first; the last latent is then one short of the first.
    """
    between = len(stops) if loop else len(stops) - 1
    last = frames if loop else frames - 1
    for frame in range(frames):
        place = min(frame * between / last, between) if last else 0.0
        at = min(int(place), between - 1)
        yield _on_spline(stops, at, place - at, loop) if kind == "spline" else _on_arc(stops, at, place - at)


def slerp(first: Latent, last: Latent, share: float) -> Latent:
    """Return the point of the great arc between two latents at a share of its angle."""
    cosine = first @ last / (np.linalg.norm(first) * np.linalg.norm(last))
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) <= 1e-6:
        return (1 - share) * first + share * last
    mixed: Latent = (np.sin((1 - share) * angle) * first + np.sin(share * angle) * last) / np.sin(angle)
    return mixed


def _on_arc(stops: Sequence[Latent], at: int, share: float) -> Latent:
    return stops[at] if share == 0 else slerp(stops[at], stops[(at + 1) % len(stops)], share)


def _on_spline(stops: Sequence[Latent], at: int, share: float, loop: bool) -> Latent:
    count = len(stops)
    places = [(at + step) % count if loop else min(max(at + step, 0), count - 1) for step in (-1, 0, 1, 2)]
    before, first, last, after = (stops[place] for place in places)
    curve = first + 0.5 * share * (
        last
        - before
        + share * (2 * before - 5 * first + 4 * last - after + share * (3 * (first - last) + after - before))
    )
    norm = (1 - share) * np.linalg.norm(first) + share * np.linalg.norm(last)
    brought: Latent = curve * (norm / max(float(np.linalg.norm(curve)), 1e-12))
    return brought
