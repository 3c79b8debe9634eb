"""Paths through latents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Latent = NDArray[np.float64]
KINDS = ("slerp", "spline")
LINE, NOISE = "line", "noise"
"""How a walk leads along a direction, and through noise."""

ROUNDS = (1, 2, 3)
"""Waves in one round through noise."""


def places(stops: int, frames: int, *, loop: bool = False, ease: bool = False, hold: int = 0) -> Iterator[float]:
    """Yield where on the way each frame is: at 0 at the first stop, at 1 at the second, at 1.5 halfway to the third.

    Args:
        stops: how many there are, at least two, or one of a loop.
        frames: how many frames, enough for what is held.
        loop: go on from the last stop to the first; the last frame is then one step short of the first.
        ease: go slowly where a stop is near, by smoothstep.
        hold: for how many frames more each stop stays.
    """
    between = stops if loop else stops - 1
    last = frames if loop else frames - 1
    moving = (last - hold * stops) / between
    for frame in range(frames):
        place = min(frame * between / last, between) if last else 0.0
        if hold:
            at, rest = divmod(frame, hold + moving)
            place = min(at + max(0.0, rest - hold) / moving, between)
        if ease:
            at, share = divmod(place, 1.0)
            place = at + share * share * (3 - 2 * share)
        yield place


def path(
    stops: Sequence[Latent],
    frames: int,
    *,
    kind: str = "slerp",
    loop: bool = False,
    ease: bool = False,
    hold: int = 0,
) -> Iterator[Latent]:
    """Yield latents from the first stop through all others.

    Args:
        stops: latents of one size, at least two.
        frames: how many latents, at least one for each stop.
        kind: ``slerp`` follows the great arc between neighbours (Shoemake 1985), with a corner at each stop; ``spline``
            is a Catmull-Rom curve through all of them, its norm brought to that of the arc; ``line`` goes straight.
        loop: as for `places`, as are the following.
        ease: slow where a stop is near.
        hold: frames at each stop.
    """
    between = len(stops) if loop else len(stops) - 1
    for place in places(len(stops), frames, loop=loop, ease=ease, hold=hold):
        at = min(int(place), between - 1)
        if kind == "spline":
            yield _on_spline(stops, at, place - at, loop)
        elif kind == LINE:
            yield (1 - place + at) * stops[at] + (place - at) * stops[(at + 1) % len(stops)]
        else:
            yield _on_arc(stops, at, place - at)


def noise_loop(
    start: Latent, waves: Sequence[Latent], frames: int, *, ease: bool = False, hold: int = 0
) -> Iterator[Latent]:
    """Yield latents from a start round through noise, back to the start; the last is one step short of the first.

    The noise is a Gaussian process on a circle, of waves that fit into it, conditioned on its start (Matheron's rule):
    where start and waves are standard normal, so is each latent.

    Args:
        start: where it begins and ends.
        waves: two latents for each of `ROUNDS`, of which the noise is made.
        frames: how many latents.
        ease: slow near the start.
        hold: frames at the start.
    """

    def noise(turn: float) -> Latent:
        made: Latent = sum(
            np.cos(turn * often) * rising + np.sin(turn * often) * falling
            for often, rising, falling in zip(ROUNDS, waves[::2], waves[1::2], strict=True)
        ) / np.sqrt(len(ROUNDS))
        return made

    for place in places(1, frames, loop=True, ease=ease, hold=hold):
        turn = 2 * np.pi * place
        likeness = sum(np.cos(turn * often) for often in ROUNDS) / len(ROUNDS)
        yield noise(turn) + likeness * (start - noise(0.0))


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
