"""What levels run from and to is the smallest usual range that holds most pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.dataset.picture_levels import BITS, CANDIDATES, FLOATS, FULL, INTEGERS, judge


@pytest.mark.parametrize(
    ("kind", "spans", "found"),
    [
        (BITS, [(0, 0)], (0, 65535)),
        (BITS, [(0, 200)], (0, 255)),
        (BITS, [(0, 256), (0, 9)], (0, 1023)),
        (BITS, [(5, 4095)] * 9 + [(0, 5000)], (0, 16383)),
        (INTEGERS, [(0, 255), (-3, 255)], (0, 255)),
        (INTEGERS, [(0, 70000)], (0, 255)),
        (FLOATS, [(0, 1)], (0, 1)),
        (FLOATS, [(0, 1.005)], (0, 1)),
        (FLOATS, [(-1, 1), (0, 1)], (-1, 1)),
        (FLOATS, [(0, 3.7), (0, 1)], (0, 1)),
        (FLOATS, [(0, 240), (0, 1)], (0, 255)),
        (FLOATS, [(0, 65535)], (0, 65535)),
    ],
)
def test_known_cases(kind, spans, found):
    assert judge(kind, spans) == found


@given(st.sampled_from([BITS, INTEGERS]), st.lists(st.integers(1, 65535), min_size=1, max_size=8))
def test_integers_within_16_bits_always_fit_and_never_twice_over(kind, highs):
    low, high = judge(kind, [(0, level) for level in highs])
    assert low == 0
    assert max(highs) <= high <= max(255, 4 * max(highs) + 3)


@given(st.sampled_from(list(FULL)), st.lists(st.tuples(st.floats(-1e6, 0), st.floats(0, 1e6)), max_size=8))
def test_whatever_the_levels_the_range_is_a_usual_one_and_in_no_order(kind, spans):
    assert judge(kind, spans) in CANDIDATES[kind]
    assert judge(kind, spans) == judge(kind, spans[::-1])
