"""How soon a run on few pictures that starts from a related one comes as far as one that begins with noise.

A hundred of the bundled tiles, items, are learnt by the default recipe; the related run has learnt the monsters among
them. How far a run is tells the Fréchet distance (random-v1) of its works to the items that nobody trains on. The
fresh run takes `STEPS` steps, the other a third as many, each by its own schedule; both are judged on the way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from benchmarks.race import Curve, best, reached
from benchmarks.ratio import Ratio, threads
from numpy.typing import NDArray

from artgan.api import Budget, RunRequest, plan_run, run
from artgan.builtin.dataset.bundled import Tiles
from artgan.builtin.features import RandomFeatures
from artgan.builtin.metric.feature_distances import frechet
from artgan.interfaces import Workspace
from artgan.training.trainer import Trainer

STEPS, STEPS_BEFORE = 600, 600
"""Of the fresh run, and of the one that is started from."""
AT_MOST = 1 / 3
"""The share of the fresh run's time that the other may take."""
FEW, AT_ONCE = 100, 100
SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 1 / 3, 0.6, 0.8, 1.0)
"""Of `STEPS`, after which works are judged."""


def measure(place: Path) -> Iterator[Ratio]:
    """Train the related run, a fresh one, and the one that starts from it."""
    items = Tiles(part="item").open(Workspace(cache=place / "cache")).samples
    order = np.random.default_rng(0).permutation(len(items))
    np.save(place / "few.npy", items[order[:FEW]].transpose(0, 2, 3, 1))
    apart = np.array(items[order[FEW:]])
    with threads(1):
        related = RunRequest(dataset="tiles:part=mon", budget=Budget(steps=STEPS_BEFORE), threads=1, out=place)
        run(related)
        base = next((place / "runs").iterdir())
        fresh = curve_of(RunRequest(source=place / "few.npy", budget=Budget(steps=STEPS), out=place), apart)
        short = Budget(steps=round(STEPS * AT_MOST))
        started = curve_of(RunRequest(source=place / "few.npy", budget=short, base=base, out=place), apart)

    goal = best(fresh)
    when = reached(started, goal)
    remark = f"the fresh run reaches {goal:.4g} in {fresh[-1][0]:.1f} s; the other {best(started):.4g}"
    share = when / fresh[-1][0] if when else float("inf")
    yield Ratio("time to a fresh run's best, of its time", share, at_most=AT_MOST, remark=remark)


def curve_of(request: RunRequest, apart: NDArray[np.uint8]) -> Curve:
    """Train a run, and return the distance of its works to pictures that nobody trains on, by seconds of processor."""
    plan = plan_run(request)
    game = Trainer(recipe=plan.recipe, data=plan.data, modality=plan.modality, device=plan.device)
    if plan.weights:
        plan.weights.give(game)
    features = RandomFeatures().build()
    known = features(apart)
    latents = torch.randn(len(apart), plan.recipe.generator.latent, generator=torch.Generator().manual_seed(1))

    curve, seconds = [], 0.0
    judged = {round(share * STEPS) for share in SHARES}
    for step in range(1, plan.recipe.training.steps + 1):
        begun = time.process_time()
        game.step()
        seconds += time.process_time() - begun
        if step in judged:
            with torch.inference_mode():
                made = torch.cat([game.ema.network(part, None) for part in latents.split(AT_ONCE)])
            curve.append((seconds, frechet(features(game.modality.to_compact(made).numpy()), known)))
    return curve
