"""The default recipe makes pictures like those it saw, and different ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from artgan.artworks.latents import latents
from artgan.interfaces import Modality
from artgan.recipe.compose import compose

pytestmark = pytest.mark.slow

STEPS = 900


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


@pytest.mark.parametrize("loss", ["hinge", "bce"])
def test_a_fraction_of_the_default_run_learns_the_calligraphy_and_its_variety(registry, trainer, loss, capsys):
    torch.set_num_threads(2)
    game = trainer(compose(registry, {"loss": {"name": loss}, "training": {"steps": STEPS}}, "default"))
    modality = registry.get(Modality, "image").configure({})
    assert isinstance(modality, Modality)
    size = game.recipe.generator.latent
    drawn = torch.from_numpy(np.stack([latents(seed, size) for seed in range(1000)]))

    def made() -> np.ndarray:
        with torch.inference_mode():
            return coarse(modality.to_compact(game.ema.network(drawn, None)).numpy())

    real = coarse(np.asarray(game.data.samples))
    untrained = frechet(made(), real)
    for _ in range(STEPS):
        game.step()
    torch.set_num_threads(1)
    halves = frechet(real[::2], real[1::2])
    distance, varied = frechet(made(), real), variety(made()) / variety(real)
    with capsys.disabled():
        print(f"\n{loss}: distance {distance:.3f}, untrained {untrained:.2f}, between halves of the data {halves:.3f}")
        print(f"{loss}: variety {varied:.2f} of the data's")
    assert distance < untrained / 20
    assert varied > 0.85
