"""Random streams are functions of seed, purpose and step; data comes in full epochs."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from artgan.training.data_order import DataOrder
from artgan.training.random_streams import stream, stream_seed


def test_a_stream_is_known_by_seed_purpose_and_step_alone():
    drawn = torch.rand(3, generator=stream(1, "latents", 2))
    torch.manual_seed(99)
    assert torch.equal(drawn, torch.rand(3, generator=stream(1, "latents", 2)))


@given(st.integers(0, 2**63 - 1), st.sampled_from(["a", "b"]), st.integers(0, 10**9))
def test_streams_of_another_seed_purpose_or_step_are_others(seed, purpose, step):
    others = [(seed ^ 1, purpose, step), (seed, purpose + "x", step), (seed, purpose, step + 1)]
    assert stream_seed(seed, purpose, step) not in {stream_seed(*other) for other in others}
    assert 0 <= stream_seed(seed, purpose, step) < 2**63


@given(st.integers(0, 99), st.integers(1, 40), st.integers(1, 40))
def test_each_epoch_shows_every_sample_once_whatever_the_batch(seed, size, batch):
    order = DataOrder(seed, size, batch)
    drawn = np.concatenate([order.indices(number) for number in range(3 * size)])
    for epoch in range(3 * size * batch // size):
        assert sorted(drawn[epoch * size : (epoch + 1) * size]) == list(range(size))


@given(st.integers(0, 99), st.integers(1, 40), st.integers(1, 40), st.integers(0, 200))
def test_a_batch_is_the_same_whatever_was_drawn_before(seed, size, batch, number):
    warm = DataOrder(seed, size, batch)
    warm.indices(max(0, number - 1))
    assert np.array_equal(warm.indices(number), DataOrder(seed, size, batch).indices(number))


def test_epochs_are_shuffled_anew():
    order = DataOrder(0, 50, 50)
    assert not np.array_equal(order.indices(0), order.indices(1))
