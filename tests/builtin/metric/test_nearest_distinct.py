"""Of how many kinds works are."""

from __future__ import annotations

import numpy as np
import pytest

from artgan.builtin.metric.nearest_distinct import SET, NearestDistinct


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 3, 8, 8), dtype=np.uint8)


def measured(real: np.ndarray, fake: np.ndarray) -> float:
    return NearestDistinct().measure(real, fake)["nearest distinct"]


def test_is_the_share_of_real_pictures_that_are_nearest_to_a_work_in_the_mean_over_all_sets():
    real = pictures(4 * SET)
    near = np.clip(real.astype(int) + 1, 0, 255).astype(np.uint8)
    assert measured(real, near) == 1
    assert measured(real, near[:1].repeat(SET, axis=0)) == 1 / SET

    # By sets that are drawn.
    fake = near[np.random.default_rng(1).integers(0, 50, 300)]
    kinds = np.array([int(np.argmin([np.abs(one.astype(int) - other).sum() for other in near])) for one in fake])
    draws = [np.random.default_rng(seed).choice(kinds, SET, replace=False) for seed in range(2000)]
    assert measured(real, fake) == pytest.approx(np.mean([len(set(draw)) for draw in draws]) / SET, abs=0.002)


@pytest.mark.parametrize("count", [9, 20, 100, 300, 1000])
def test_hardly_depends_on_how_many_real_pictures_there_are(count):
    real = pictures(count)
    of_all, of_few = (real[np.random.default_rng(1).integers(0, kinds, 512)] for kinds in (count, max(1, count // 20)))
    assert 0.85 < measured(real, of_all) < 1
    assert measured(real, of_few) < 0.75 * measured(real, of_all)


def test_tells_nothing_beside_fewer_than_eight_real_pictures():
    real = pictures(7)
    assert measured(real, real[:1].repeat(64, axis=0)) == 1
