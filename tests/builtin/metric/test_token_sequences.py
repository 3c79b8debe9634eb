"""What is looked at of very many sequences of tokens."""

from __future__ import annotations

import pytest
import torch

from artgan.builtin.metric.token_sequences import spread


@pytest.fixture
def numbered():
    """A hundred sequences of five tokens and an end; each begins with its number."""
    tokens = torch.ones(100, 9, dtype=torch.long)
    tokens[:, 0] = torch.arange(1, 101)
    tokens[:, 5:] = 0
    return tokens


def test_of_many_those_at_equal_distances_that_hold_as_many_tokens_as_may_be(numbered):
    assert spread(numbered, 10 * 6, ends=True)[:, 0].tolist() == list(range(1, 101, 10))


def test_what_stands_behind_an_end_counts_where_nothing_ends(numbered):
    assert len(spread(numbered, 10 * 9, ends=False)) == 10


def test_all_are_looked_at_where_they_are_few_and_two_at_least(numbered):
    assert torch.equal(spread(numbered, 100 * 6, ends=True), numbered)
    assert spread(numbered, 1, ends=True)[:, 0].tolist() == [1, 51]
