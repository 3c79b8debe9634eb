"""The curves of a chart, however long a run is."""

import math

from hypothesis import given
from hypothesis import strategies as st

from artgan.gallery.curves import POINTS, GrowingCurve


@given(st.integers(1, 5000), st.integers(1, 40))
def test_a_curve_that_grows_stays_small_and_keeps_its_mean_and_its_reach(count, every):
    curve = GrowingCurve()
    for number in range(1, count + 1):
        curve.add(number * every, float(number))
    points = curve.points
    assert len(points) <= 2 * POINTS
    assert [step for step, _ in points] == sorted({step for step, _ in points})
    assert all(math.isclose(step, value * every) for step, value in points)  # each is a mean of neighbours
    assert points[-1][0] > (count - count / POINTS - 1) * every


def test_steps_that_come_again_replace_those_before_and_what_is_not_finite_is_left_out():
    curve = GrowingCurve()
    for step, value in ((1, 1.0), (2, 2.0), (3, 3.0), (4, math.nan), (2, 5.0)):
        curve.add(step, value)
    assert curve.points == [(1.0, 1.0), (2.0, 5.0)]
