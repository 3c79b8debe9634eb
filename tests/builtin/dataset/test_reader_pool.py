"""Many things are read at once, kept in their order, and told of from before the first to after the last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.dataset.reader_pool import TOLD, ahead, read_each, silent


@given(count=st.integers(0, 3 * TOLD))
def test_results_are_in_the_order_of_the_items_and_it_is_told_that_all_are_done(count):
    told: list[tuple[str, int, int]] = []
    results = list(read_each(str, range(count), "reading", lambda *how_far: told.append(how_far)))
    assert results == [str(number) for number in range(count)]
    assert told == [("reading", done, count) for done in [*range(0, count or 1, TOLD), count]]


def test_that_nothing_is_done_is_told_before_anything_is_begun():
    """So that whoever is told can still change what is read, as a person can who unplugs a drive at the first line."""
    read: list[int] = []
    begun: list[bool] = []
    list(read_each(read.append, range(12), "reading", lambda *_: begun.append(bool(read))))
    assert begun == [False, True]


def test_no_more_is_begun_once_one_fails():
    read: list[int] = []

    def one(number: int) -> None:
        read.append(number)
        if number == 3:
            raise KeyError

    with pytest.raises(KeyError):
        list(read_each(one, range(100_000), "reading", silent))
    assert len(read) <= ahead() + 3
