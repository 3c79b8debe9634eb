"""A run's progress in one line of text."""

from __future__ import annotations

from ..interfaces import Quality, Snapshot, Tick
from ..quantities import duration

LOSSES = {"loss_pretraining": "likelihood", "loss_discriminator": "D", "loss_generator": "G"}


def numbers_of(tick: Tick, snapshot: Snapshot | None, quality: Quality | None) -> str:
    """Return speed and losses, and the newest snapshot and judgement, where there are some."""
    losses = [f"{name} {tick.scalars[key]:.3f}" for key, name in LOSSES.items() if key in tick.scalars]
    sheet = [str(snapshot.path)] if snapshot else []
    judged = [f"{quality.name} {quality.value:.3f} at {quality.step}"] if quality else []
    return "  ".join([f"{tick.steps_per_second:.1f} steps/s", *losses, *sheet, *judged])


def line_of(tick: Tick, numbers: str) -> str:
    """Return how far a run is, how long it still takes, and what `numbers_of` tells."""
    return f"step {tick.step}/{tick.steps}  {duration(tick.seconds_left)} left  {numbers}"
