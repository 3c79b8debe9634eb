"""Paths between latents."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.artworks.interpolation import KINDS, path
from artgan.artworks.latents import latents

SEEDS = st.integers(0, 2**64 - 1)


def stops(*seeds, size=64):
    return [latents(seed, size).astype(np.float64) for seed in seeds]


class TestPaths:
    @given(st.lists(SEEDS, min_size=2, max_size=5, unique=True), st.sampled_from(KINDS), st.booleans())
    def test_lead_through_every_seed(self, seeds, kind, loop):
        between = len(seeds) if loop else len(seeds) - 1
        made = list(path(stops(*seeds, size=16), 4 * between + (not loop), kind=kind, loop=loop))
        for place, seed in enumerate(seeds):
            assert np.allclose(made[4 * place], latents(seed, 16), atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_loop_closes_without_showing_its_first_place_twice(self, kind):
        made = list(path(stops(3, 8, 21), 90, kind=kind, loop=True))
        steps = [np.linalg.norm(after - before) for before, after in zip(made, [*made[1:], made[0]], strict=True)]
        assert min(steps) > 0
        assert max(steps) < 3 * np.median(steps)

    @pytest.mark.parametrize("kind", KINDS)
    def test_stay_as_far_out_as_latents_are(self, kind):
        norms = [np.linalg.norm(latent) for latent in path(stops(3, 8, 21, size=512), 60, kind=kind)]
        assert min(norms) > 0.9 * min(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))
        assert max(norms) < 1.1 * max(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))
