"""Sums over shards: the same to the last bit, however the shards are spread."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan.training.tree_sum import TreeSum, nodes_of


def summed(values: list[torch.Tensor], shards: range) -> TreeSum:
    total = TreeSum()
    for shard in shards:
        total.add((0, shard), values[shard].clone())
    return total


@st.composite
def spread(draw):
    """Draw some shards, and a number of processes that divides them."""
    shards = draw(st.integers(1, 48))
    return shards, draw(st.sampled_from([number for number in range(1, shards + 1) if shards % number == 0]))


@settings(max_examples=40)
@given(spread(), st.integers(0, 2**31))
def test_a_sum_is_the_same_to_the_last_bit_for_any_number_of_processes_that_divides_the_shards(spread, seed):
    shards, processes = spread
    random = torch.Generator().manual_seed(seed)
    values = [torch.randn(5, generator=random) * 10 ** (4 * torch.rand((), generator=random)) for _ in range(shards)]
    each, total = shards // processes, TreeSum()
    for process in range(processes):
        own = range(process * each, (process + 1) * each)
        for node, value in zip(nodes_of(own), summed(values, own).nodes, strict=True):
            total.add(node, value)
    whole = summed(values, range(shards)).total()
    assert torch.equal(total.total(), whole)
    torch.testing.assert_close(whole, torch.stack(values).double().sum(0).float(), rtol=1e-4, atol=1e-2)


def test_neighbours_are_added_first_then_pairs_and_what_is_left_at_last():
    values = [torch.tensor(2.0**place) + 2.0**-20 for place in range(7)]
    a, b, c, d, e, f, g = values
    assert torch.equal(summed(values, range(7)).total(), ((a + b) + (c + d)) + ((e + f) + g))


def test_no_more_is_kept_than_the_tree_has_levels():
    total, kept = TreeSum(), []
    for shard in range(64):
        total.add((0, shard), torch.ones(1))
        kept.append(len(total.nodes))
    assert max(kept) == 6
    assert kept[-1] == 1
