"""A seed's latent is the same numbers everywhere."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.artworks.latents import LARGEST_SEED, child, inverse_normal, latents, split_mix
from artgan.errors import UsageError

seeds = st.integers(0, LARGEST_SEED)


def test_split_mix_gives_the_reference_numbers():
    # The first outputs for 1234567 of Vigna's splitmix64.c, https://prng.di.unimi.it/splitmix64.c
    reference = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert split_mix(1234567, 5).tolist() == reference


@pytest.mark.parametrize(
    ("probability", "quantile"),
    [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-9, -5.997807015007687), (1e-20, -9.262340089798408)],
)
def test_inverse_normal_gives_known_quantiles(probability, quantile):
    assert inverse_normal(np.array([probability]))[0] == pytest.approx(quantile, rel=1e-15)


def test_the_latent_of_seed_42_never_changes():
    first = [0.6481773853302002, -0.9948262572288513, -0.587002158164978, -0.4010525643825531, -1.7740169763565063]
    assert latents(42, 5).tolist() == first


def test_the_largest_seed_has_a_latent():
    first = [1.2477730512619019, 1.356923222541809, -0.7739439606666565, -0.18596921861171722]
    assert latents(LARGEST_SEED, 4).tolist() == first


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1])
def test_a_seed_out_of_range_is_an_error(seed):
    with pytest.raises(UsageError, match="out of range"):
        latents(seed, 4)


@given(seeds, st.integers(0, 50), st.integers(0, 50))
def test_a_longer_latent_begins_with_the_shorter(seed, count, more):
    assert np.array_equal(latents(seed, count + more)[:count], latents(seed, count))


@given(seeds)
def test_latents_are_finite_float32(seed):
    latent = latents(seed, 64)
    assert latent.dtype == np.float32
    assert np.isfinite(latent).all()


def test_the_smallest_and_largest_outputs_have_finite_quantiles(monkeypatch):
    extremes = np.array([0, 2**64 - 1], np.uint64)
    monkeypatch.setattr("artgan.artworks.latents.split_mix", lambda seed, count: extremes)
    low, high = latents(0, 2)
    assert -9 < low < -8 < 8 < high < 9


def test_latents_are_standard_normal():
    values = latents(0, 200_000)
    assert values.mean() == pytest.approx(0, abs=0.01)
    assert values.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(values) > 3).mean() == pytest.approx(0.0027, abs=0.0004)


def test_neighbouring_seeds_are_unrelated():
    assert abs(np.corrcoef(latents(7, 10_000), latents(8, 10_000))[0, 1]) < 0.05


def test_latents_need_no_torch():
    code = "import sys, artgan.artworks.latents; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestChildren:
    @given(seeds, seeds, seeds)
    def test_have_each_number_from_one_parent_or_the_other(self, first, second, number):
        made = child(latents(first, 64), latents(second, 64), number)
        assert ((made == latents(first, 64)) | (made == latents(second, 64))).all()

    def test_have_about_half_of_each(self):
        first, second = latents(3, 256), latents(8, 256)
        share = np.mean([(child(first, second, number) == first).mean() for number in range(40)])
        assert 0.47 < share < 0.53
