"""Of how many kinds works are."""

from __future__ import annotations

import numpy as np
import pytest

from artgan.builtin.metric.nearest_distinct import SET, NearestDistinct


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 3, 8, 8), dtype=np.uint8)


def measured(real: np.ndarray, fake: np.ndarray) -> float:
    return NearestDistinct().measure(real, fake)["nearest distinct"]


def test_is_the_mean_over_sets_of_the_share_of_real_pictures_that_are_nearest_to_a_work():
    real = pictures(4 * SET)
    near = np.clip(real.astype(int) + 1, 0, 255).astype(np.uint8)
    assert measured(real, near) == 1
    assert measured(real, near[: SET // 2].repeat(4, axis=0)) == 0.25, "of sixteen kinds in each set"
    assert measured(real, np.concatenate([near[:SET], near[:1].repeat(SET, axis=0), near[:9]])) == (1 + 1 / SET) / 2


@pytest.mark.parametrize("count", [9, 20, 100, 300, 1000])
def test_hardly_depends_on_how_many_real_pictures_there_are(count):
    real = pictures(count)
    of_all, of_few = (real[np.random.default_rng(1).integers(0, kinds, 512)] for kinds in (count, max(1, count // 20)))
    assert 0.85 < measured(real, of_all) < 1
    assert measured(real, of_few) < 0.75 * measured(real, of_all)


def test_tells_nothing_beside_fewer_than_eight_real_pictures():
    real = pictures(7)
    assert measured(real, real[:1].repeat(64, axis=0)) == 1
