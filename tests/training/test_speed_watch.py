"""A run that comes to a tenth of its speed is told of, once."""

from __future__ import annotations

import pytest

from artgan.training.speed_watch import SpeedWatch


def slowdowns(*seconds: float) -> list[float]:
    watch = SpeedWatch()
    return [slower for step in seconds if (slower := watch.new_slowdown(step))]


def test_a_tenth_of_the_speed_is_told_once():
    assert slowdowns(*[0.1] * 50, *[1.5] * 20, *[3.0] * 5) == [pytest.approx(15)]


def test_a_half_of_it_is_not():
    assert slowdowns(*[0.1] * 50, *[0.2] * 50) == []


def test_a_single_slow_step_among_quick_ones_is_not():
    assert slowdowns(*[0.1] * 19, 1.9, *[0.1] * 50) == []


def test_steps_that_are_slow_from_the_first_on_are_not():
    assert slowdowns(*[5.0] * 20) == []
