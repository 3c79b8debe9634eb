"""Distances between pictures, against numbers and libraries that were not made here."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from prdc import compute_prdc
from scipy.stats import wasserstein_distance

from artgan.builtin.dataset import Calligraphy
from artgan.builtin.features import RandomFeatures
from artgan.builtin.metric.feature_distances import frechet, frechet_of_moments, kernel_distance
from artgan.builtin.metric.neighbours import coverage
from artgan.builtin.metric.pyramid import patch_distances, sharpness, sliced_wasserstein
from artgan.builtin.metric.three_sample_test import copying
from artgan.interfaces import Workspace

random_features = RandomFeatures().build()


@pytest.fixture
def random():
    return np.random.default_rng(0)


class TestFrechet:
    def test_of_two_known_normal_distributions_is_fourteen(self):
        distance = frechet_of_moments(np.array([1.0, 2.0, 2.0]), np.diag([1.0, 4.0, 9.0]), np.eye(3))
        assert distance == pytest.approx(14)

    def test_of_two_samples_of_one_distribution_has_the_bias_that_is_known(self, random):
        found = [frechet(*random.normal(size=(2, 1000, 64))) for _ in range(8)]
        assert np.mean(found) == pytest.approx(2.18, abs=0.15)

    def test_does_not_depend_on_the_axes_and_is_symmetric(self, random):
        first, second = random.normal(size=(2, 200, 6)) * [[[1.0]], [[2.0]]]
        turn = np.linalg.qr(random.normal(size=(6, 6)))[0]
        assert frechet(first @ turn, second @ turn) == pytest.approx(frechet(first, second))
        assert frechet(second, first) == pytest.approx(frechet(first, second))

    def test_of_fewer_samples_than_features_is_finite_and_none_from_a_set_to_itself(self, random):
        features = random.normal(size=(20, 64))
        assert frechet(features, features) == pytest.approx(0, abs=1e-5)


class TestKernelDistance:
    def test_is_the_sum_over_pairs(self, random):
        first, second = random.normal(size=(5, 3)), random.normal(size=(4, 3))

        def kernel(x, y):
            return (x @ y / 3 + 1) ** 3

        own = [kernel(x, y) for i, x in enumerate(first) for j, y in enumerate(first) if i != j]
        other = [kernel(x, y) for i, x in enumerate(second) for j, y in enumerate(second) if i != j]
        mixed = [kernel(x, y) for x in first for y in second]
        assert kernel_distance(first, second) == pytest.approx(np.mean(own) + np.mean(other) - 2 * np.mean(mixed))

    def test_has_no_bias(self, random):
        found = [kernel_distance(*random.normal(size=(2, 50, 8))) for _ in range(400)]
        assert abs(np.mean(found)) < 3 * np.std(found) / 20


class TestCoverage:
    @settings(max_examples=20)
    @given(seed=st.integers(0, 999), real=st.integers(12, 60), fake=st.integers(12, 60), shift=st.floats(0, 2))
    def test_is_what_its_authors_compute(self, seed, real, fake, shift):
        random = np.random.default_rng(seed)
        reals, fakes = random.normal(size=(real, 5)), random.normal(size=(fake, 5)) + shift
        theirs = compute_prdc(reals, fakes, nearest_k=5)
        found = coverage(reals, fakes, 5)
        for name, value in theirs.items():
            assert getattr(found, name) == pytest.approx(value), name

    def test_of_equal_distributions_is_as_expected(self, random):
        size, neighbours = 300, 5
        pairs = [random.normal(size=(2, size, 3)) for _ in range(20)]
        found = [coverage(reals, fakes, neighbours) for reals, fakes in pairs]
        expected = 1 - np.prod([(size - 1 - i) / (2 * size - 1 - i) for i in range(neighbours)])
        assert np.mean([one.coverage for one in found]) == pytest.approx(expected, abs=0.01)
        assert np.mean([one.density for one in found]) == pytest.approx(1, abs=0.03)

    def test_does_not_depend_on_how_many_rows_are_held_at_once(self, random, monkeypatch):
        reals, fakes = random.normal(size=(2, 100, 4))
        whole = coverage(reals, fakes)
        monkeypatch.setattr("artgan.builtin.metric.neighbours.ROWS", 7)
        assert coverage(reals, fakes) == whole


class TestPatches:
    def test_sliced_distance_is_the_mean_over_directions_of_that_of_scipy(self):
        first, second = torch.randn(60, 5), torch.randn(60, 5) * 2 + 1
        found = sliced_wasserstein(first, second, torch.Generator().manual_seed(3), count=40)
        directions = torch.randn(5, 40, generator=torch.Generator().manual_seed(3))
        directions /= directions.norm(dim=0)
        theirs = [wasserstein_distance((first @ axis).numpy(), (second @ axis).numpy()) for axis in directions.T]
        assert found == pytest.approx(np.mean(theirs), rel=1e-4)

    @pytest.mark.parametrize(("size", "levels"), [(64, [64, 32, 16]), (32, [32, 16]), (28, [28]), (8, [8])])
    def test_there_is_a_number_for_each_level_of_the_pyramid(self, random, size, levels):
        first, second = random.integers(0, 256, (2, 20, 1, size, size), dtype=np.uint8)
        assert list(patch_distances(first, second)) == levels

    def test_noise_shows_at_the_finest_level(self, pictures_of_ink, random):
        first, second = pictures_of_ink[:150], pictures_of_ink[150:300]
        noisy = (second + random.integers(-40, 41, second.shape)).clip(0, 255).astype(np.uint8)
        clean, dirty = patch_distances(first, second), patch_distances(first, noisy)
        assert dirty[64] > 3 * clean[64]
        assert dirty[16] < 2 * clean[16]


@pytest.fixture(scope="module")
def pictures_of_ink(tmp_path_factory):
    """Return 900 pieces of calligraphy, in random order."""
    samples = Calligraphy().open(Workspace(tmp_path_factory.mktemp("cache"))).samples
    return samples[np.random.default_rng(1).permutation(len(samples))[:900]]


def blurred(pictures):
    return np.stack(
        [np.asarray(Image.fromarray(one[0]).filter(ImageFilter.GaussianBlur(1.5)))[None] for one in pictures]
    )


class TestFeatures:
    def test_are_the_same_everywhere_as_their_name_promises(self):
        ramp = np.arange(2 * 3 * 20 * 24, dtype=np.uint32).reshape(2, 3, 20, 24).astype(np.uint8)
        found = random_features(ramp)
        assert found.shape == (2, 64)
        assert found[0, :4] == pytest.approx(RAMP, abs=1e-3)

    def test_of_a_picture_do_not_depend_on_the_others_nor_on_its_mode(self, pictures_of_ink):
        together = random_features(pictures_of_ink[:5])
        assert random_features(pictures_of_ink[3:4])[0] == pytest.approx(together[3], abs=1e-4)
        assert random_features(pictures_of_ink[:5].repeat(3, axis=1)) == pytest.approx(together, abs=1e-4)
        solid = np.concatenate([pictures_of_ink[:5], np.full_like(pictures_of_ink[:5], 255)], axis=1)
        assert random_features(solid) == pytest.approx(together, abs=1e-4)

    @pytest.mark.slow
    def test_rank_pictures_by_how_much_they_are_spoilt(self, pictures_of_ink, random):
        real, other = pictures_of_ink[:400], pictures_of_ink[400:800]
        noisy = (other + random.integers(-25, 26, other.shape)).clip(0, 255).astype(np.uint8)
        few = other[random.integers(0, 20, len(other))]
        features = random_features(real)
        clean, *spoilt = [
            (frechet(random_features(made), features), coverage(features, random_features(made)))
            for made in (other, noisy, blurred(other), few)
        ]
        assert all(distance > 2 * clean[0] for distance, _ in spoilt)
        assert spoilt[2][1].precision > 0.7
        assert spoilt[2][1].recall < 0.2
        assert sharpness(blurred(other)) < 0.7 * sharpness(real) < sharpness(noisy)


RAMP = [0.8056, 0.2937, -0.2594, 0.2835]


class TestCopying:
    def test_catches_copies_that_every_other_number_takes_for_better_than_real(self, pictures_of_ink):
        train, held_out, real = (random_features(part) for part in np.split(pictures_of_ink, 3))
        copies = train.copy()
        assert copying(train, held_out, copies) < -3
        assert abs(copying(train, held_out, real)) < 3
        assert frechet(copies, train) < frechet(real, train)
        assert kernel_distance(copies, train) < kernel_distance(real, train)
        copied, honest = coverage(train, copies), coverage(train, real)
        assert copied.precision >= honest.precision
        assert copied.recall >= honest.recall
        assert copied.coverage >= honest.coverage

    def test_tells_what_is_unlike_the_data(self, pictures_of_ink):
        train, held_out, real = np.split(pictures_of_ink, 3)
        assert copying(random_features(train), random_features(held_out), random_features(blurred(real))) > 3

    def test_of_fewer_than_ten_is_no_evidence(self, random):
        assert copying(random.normal(size=(50, 3)), random.normal(size=(5, 3)), random.normal(size=(50, 3))) == 0
