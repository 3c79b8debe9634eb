"""Paths between latents."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.artworks.interpolation import KINDS, LINE, ROUNDS, noise_loop, path, places
from artgan.artworks.latents import latents

SEEDS = st.integers(0, 2**64 - 1)


def stops(*seeds, size=64):
    return [latents(seed, size).astype(np.float64) for seed in seeds]


class TestPlaces:
    def test_are_equally_far_apart(self):
        assert list(places(3, 5)) == [0, 0.5, 1, 1.5, 2]
        assert list(places(2, 4, loop=True)) == [0, 0.5, 1, 1.5]

    def test_stay_at_each_stop_for_so_many_frames_more(self):
        assert list(places(2, 7, hold=2)) == [0, 0, 0, 0.5, 1, 1, 1]
        assert list(places(2, 6, loop=True, hold=1)) == [0, 0, 0.5, 1, 1, 1.5]

    def test_go_slowly_where_a_stop_is_near(self):
        assert list(places(2, 5, ease=True)) == [0, 0.15625, 0.5, 0.84375, 1]

    @given(
        stops=st.integers(2, 5),
        moving=st.integers(1, 20),
        hold=st.integers(0, 10),
        loop=st.booleans(),
        ease=st.booleans(),
    )
    def test_are_at_every_stop_and_never_go_back(self, stops, moving, hold, loop, ease):
        between = stops if loop else stops - 1
        frames = stops * hold + between * moving + (not loop)
        made = list(places(stops, frames, loop=loop, ease=ease, hold=hold))
        assert len(made) == frames
        assert np.all(np.diff(made) > -1e-9)
        for stop in range(stops):
            stay = made[stop * (hold + moving) :][: hold + 1]
            assert np.allclose(stay, stop, atol=1e-6)


class TestNoise:
    @staticmethod
    def loop(seed, frames, size=64, **choices):
        drawn = latents(seed, size * (1 + 2 * len(ROUNDS))).astype(np.float64).reshape(-1, size)
        return list(noise_loop(drawn[0], list(drawn[1:]), frames, **choices))

    def test_begins_at_its_start_and_closes_exactly(self):
        made = self.loop(7, 90)
        assert np.allclose(made[0], latents(7, 64), atol=1e-9)
        steps = [np.linalg.norm(after - before) for before, after in zip(made, [*made[1:], made[0]], strict=True)]
        assert min(steps) > 0
        assert max(steps) < 3 * np.median(steps)
        assert steps[-1] == pytest.approx(steps[0], rel=0.2)

    def test_is_as_far_out_as_latents_are(self):
        numbers = np.array([self.loop(seed, 12, size=256) for seed in range(40)])
        assert np.allclose(numbers.std((0, 2)), 1, atol=0.05)


class TestLine:
    def test_goes_straight_and_back(self):
        first, last = stops(3, 8)
        made = list(path([first, last], 4, kind=LINE, loop=True))
        assert np.allclose(made, [first, (first + last) / 2, last, (first + last) / 2])


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
