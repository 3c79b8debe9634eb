"""How unlike each other pictures are."""

from __future__ import annotations

import numpy as np
import pytest

from artgan.builtin.metric.diversity import Diversity


def test_is_the_root_mean_square_distance_over_all_pairs_of_pictures():
    pictures = np.random.default_rng(0).integers(0, 256, (40, 1, 8, 8)).astype(np.uint8)
    pictures[20:] //= 8  # so that none but all of them tell it
    flat = pictures.reshape(40, -1) / 255
    squares = [((one - other) ** 2).mean() for number, one in enumerate(flat) for other in flat[:number]]
    measured = Diversity().measure(pictures, pictures)
    assert measured["diversity"] == pytest.approx(np.sqrt(np.mean(squares)))
