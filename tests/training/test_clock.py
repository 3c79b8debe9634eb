"""Seconds and speed, by a clock that is set by hand."""

from __future__ import annotations

import pytest

from artgan.training import clock
from artgan.training.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """What time it is, as a list of one number."""
    time = [100.0]
    monkeypatch.setattr(clock.time, "perf_counter", lambda: time[0])
    return time


def test_speed_is_that_since_the_last_tick(now):
    clock = Clock()
    now[0] += 7
    clock.start(0)
    now[0] += 2
    assert clock.tick(10) == (2, 5)
    now[0] += 4
    assert clock.tick(14) == (6, 1)


def test_what_lies_between_two_sittings_counts_for_nothing(now):
    clock = Clock()
    now[0] += 50
    clock.set(30, 60)
    now[0] += 5
    clock.start(60)
    assert clock.seconds == 30
    now[0] += 2
    assert clock.tick(70) == (32, 5)
    now[0] += 1
    assert clock.seconds == 33
