"""Fréchet and kernel distance are those of torch-fidelity, on given features."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from unittest import mock

import numpy as np
import pytest
import torch

from artgan.builtin.metric.feature_distances import frechet, kernel_distance

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch_fidelity") is None, reason="no torch-fidelity")
MISSED = ("torchvision", *(f"torchvision.{name}" for name in ("datasets", "transforms", "transforms.functional")))


@pytest.fixture(scope="module")
def theirs():
    """Return a module of torch-fidelity by name; torchvision, by which others of it read pictures, is left out."""
    with mock.patch.dict(sys.modules, {name: mock.MagicMock() for name in MISSED}):
        yield lambda name: importlib.import_module(f"torch_fidelity.{name}")


def features(count, dimensions, seed, dtype=np.float64):
    """Features as networks give them: correlated, never below zero, of unequal size."""
    random = np.random.default_rng(seed)
    mixing = np.random.default_rng(7).normal(size=(dimensions, dimensions)) / dimensions**0.5
    return np.maximum(0, random.normal(0.2 * (seed % 3), 1, (count, dimensions)) @ mixing + 0.3).astype(dtype)


SETS = [(300, 250, 64), (1000, 400, 96), (300, 200, 32)]
FEW = [(60, 40, 192), (100, 100, 128)]


def fid(theirs, first, second):
    module = theirs("metric_fid")
    moments = [module.fid_features_to_statistics(torch.from_numpy(part)) for part in (first, second)]
    return module.fid_statistics_to_metric(*moments, verbose=False)["frechet_inception_distance"]


@pytest.mark.parametrize("sizes", SETS)
def test_frechet_is_theirs_within_a_hundred_millionth(theirs, sizes):
    first, second = features(sizes[0], sizes[2], 1), features(sizes[1], sizes[2], 2)
    assert frechet(first, second) == pytest.approx(fid(theirs, first, second), rel=1e-8)


@pytest.mark.parametrize("sizes", FEW)
def test_frechet_of_fewer_samples_than_dimensions_is_theirs_within_their_rounding(theirs, sizes):
    """The covariances are singular, and theirs adds the roots of eigenvalues that should be zero."""
    first, second = features(sizes[0], sizes[2], 1), features(sizes[1], sizes[2], 2)
    assert frechet(first, second) == pytest.approx(fid(theirs, first, second), rel=1e-5)


def test_frechet_of_a_set_and_itself_is_nothing_with_few_samples_too(theirs):
    for count in (40, 400):
        same = features(count, 64, 1)
        assert frechet(same, same) == pytest.approx(0, abs=1e-9)
        assert fid(theirs, same, same) == pytest.approx(0, abs=1e-4)


def kid(theirs, first, second, subsets):
    found = theirs("metric_kid").kid_features_to_metric(
        torch.from_numpy(first), torch.from_numpy(second),
        kid_subsets=subsets, kid_subset_size=min(len(first), len(second)) // (1 if subsets == 1 else 4),
        verbose=False, rng_seed=0,
    )  # fmt: skip
    return found["kernel_inception_distance_mean"], found["kernel_inception_distance_std"] / subsets**0.5


@pytest.mark.parametrize("dimensions", [16, 64, 192])
def test_kernel_distance_is_theirs_within_a_ten_thousand_millionth(theirs, dimensions):
    """Of one subset that is the whole."""
    first, second = features(250, dimensions, 1), features(250, dimensions, 2)
    assert kernel_distance(first, second) == pytest.approx(kid(theirs, first, second, 1)[0], rel=1e-10)


def test_kernel_distance_is_what_the_mean_of_their_subsets_estimates(theirs):
    first, second = features(400, 64, 1), features(400, 64, 2)
    mean, error = kid(theirs, first, second, 100)
    assert abs(kernel_distance(first, second) - mean) < 4 * error
