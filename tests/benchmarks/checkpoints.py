"""What a checkpoint costs: its share of a run's time at the default interval."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch
from benchmarks.ratio import THREADS, Ratio, threads

from artgan.interfaces import Workspace
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.training.run import Run

ROUNDS, STEPS_A_ROUND = 10, 10


def measure(place: Path) -> Iterator[Ratio]:
    """Train by the default recipe and save, in turns."""
    with threads(THREADS):
        run = start_run(place)
        interval = run.recipe.training.checkpoint_every
        seconds_per_step(run)  # warms up
        shares = []
        for _ in range(ROUNDS):
            step = seconds_per_step(run)
            start = time.perf_counter()
            run.save()
            save = time.perf_counter() - start
            shares.append(save / (save + interval * step))
    yield Ratio(f"share of a run's time that a checkpoint every {interval} steps takes", median(shares), at_most=0.02)


def start_run(place: Path) -> Run:
    """Return a run of the default recipe, before its first step."""
    plugins = load_plugins()
    recipe = compose(plugins.registry, {"training": {"steps": 10**6}}, "default")
    data = recipe.dataset.open(Workspace(cache=place / "cache"))
    run = Run(
        folder=place / "a-run",
        recipe=recipe,
        data=data,
        modality=plugins.registry.modality(data.spec),
        registry=plugins.registry,
        device=torch.device("cpu"),
    )
    run.create("artgan run")
    return run


def seconds_per_step(run: Run) -> float:
    start = time.perf_counter()
    for _ in range(STEPS_A_ROUND):
        run.trainer.step()
    return (time.perf_counter() - start) / STEPS_A_ROUND
