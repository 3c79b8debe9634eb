"""The default recipe makes pictures like those it saw, and different ones, in a fraction of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from benchmarks.ratio import THREADS, Ratio, threads
from support.trainers import make_trainer

from artgan.artworks.latents import latents
from artgan.interfaces import Modality
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose

STEPS, COUNT = 900, 1000


def measure(place: Path) -> Iterator[Ratio]:
    """Train a part of the default run."""
    with threads(THREADS):
        yield from _of_default(place)


def _of_default(place: Path) -> Iterator[Ratio]:
    registry = load_plugins().registry
    recipe = compose(registry, {"training": {"steps": STEPS}}, "default")
    game = make_trainer(recipe, registry, place / "cache")
    modality = registry.modality(game.data.spec)
    assert isinstance(modality, Modality)
    drawn = torch.from_numpy(np.stack([latents(seed, recipe.generator.latent) for seed in range(COUNT)]))

    def made() -> np.ndarray:
        with torch.inference_mode():
            return coarse(modality.to_compact(game.ema.network(drawn, None)).numpy())

    real = coarse(np.asarray(game.data.samples))
    untrained = frechet(made(), real)
    for _ in range(STEPS):
        game.step()

    distance, halves = frechet(made(), real), frechet(real[::2], real[1::2])
    remark = f"{distance:.3f}; untrained {untrained:.2f}, between halves of the data {halves:.3f}"
    yield Ratio("distance to the data, of that before training", distance / untrained, at_most=0.05, remark=remark)
    yield Ratio("variety, of the data's", variety(made()) / variety(real), at_least=0.85)


def coarse(samples: np.ndarray) -> np.ndarray:
    """Return pictures (N, 1, 64, 64) as the means of their 8×8 blocks, (N, 64), white 0 and black 1."""
    return 1 - samples.reshape(len(samples), 8, 8, 8, 8).mean((2, 4)).reshape(len(samples), 64) / 255


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Fréchet distance of two sets of vectors (Dowson and Landau 1982), by eigenvalues."""
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * roots)


def variety(samples: np.ndarray) -> float:
    """Return the mean distance of each to the next."""
    return float(np.linalg.norm(samples - np.roll(samples, 1, axis=0), axis=1).mean())
