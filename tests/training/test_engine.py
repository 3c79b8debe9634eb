"""How all processes of a run have ended follows from how each has."""

from __future__ import annotations

import pytest

from artgan.training.engine import common_code
from artgan.training.process_group import LOST


@pytest.mark.parametrize(
    ("each", "together"),
    [
        ([-9, LOST], LOST),
        ([-9, 143], LOST),  # the other had not met it yet, and was stopped for it
        ([LOST, LOST], LOST),
        ([143, 143], 143),
        ([143, LOST], 143),
        ([2, 2], 2),
        ([-9, 2], 2),
    ],
)
def test_a_process_that_was_killed_was_lost_and_the_others_end_because_of_it(each, together):
    assert common_code(each) == together
