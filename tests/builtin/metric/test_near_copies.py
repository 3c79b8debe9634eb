"""Near copies are told from other texts, as a search through all pairs would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.metric.near_copies import count_near_copies

VERSE = "And God said, Let there be light: and there was light."


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (VERSE, True),
        (VERSE.replace("light:", "night:"), True),
        (VERSE.replace("said, ", ""), True),
        (f"Lo, {VERSE}", True),
        (VERSE[:-6], True),
        ("And God said, Let there be a firmament in the midst of the waters", False),
        (VERSE.replace("God", "Moses").replace("there was", "it was no"), False),
        ("", False),
    ],
)
def test_what_differs_in_one_place_of_at_most_a_fifth_is_a_near_copy(text, near):
    assert count_near_copies(["a line", VERSE, "another line"], [text, "no copy at all"]) == near


@given(st.lists(st.text("ab", max_size=12), max_size=12), st.text("ab", max_size=12))
def test_none_is_overlooked(known, text):
    def begin(one, other):
        return next((at for at in range(min(len(one), len(other))) if one[at] != other[at]), min(len(one), len(other)))

    def is_near(other):
        kept = min(begin(text, other) + begin(text[::-1], other[::-1]), len(text), len(other))
        return kept >= 0.8 * max(len(text), len(other))

    assert count_near_copies(known, [text]) == any(map(is_near, known))
