"""Seconds and speed, by a machine whose clocks are set by hand."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from artgan.training.clock import Clock


@pytest.fixture
def machine():
    """What time it is, and what the process has computed."""
    return SimpleNamespace(now=100.0, computed=5.0)


@pytest.fixture
def clock(machine):
    return Clock(now=lambda: machine.now, computed=lambda: machine.computed)


def passes(machine, seconds: float, *, computing: float = 1.0) -> None:
    machine.now += seconds
    machine.computed += computing * seconds


def test_speed_is_that_since_the_last_tick(machine, clock):
    passes(machine, 7)
    clock.start(0)
    passes(machine, 2)
    assert clock.tick(10) == (2, 5)
    passes(machine, 4)
    assert clock.tick(14) == (6, 1)


def test_what_lies_between_two_sittings_counts_for_nothing(machine, clock):
    passes(machine, 50)
    clock.set(30, 60)
    passes(machine, 5)
    clock.start(60)
    assert clock.seconds == 30
    passes(machine, 2)
    assert clock.tick(70) == (32, 5)
    passes(machine, 1)
    assert clock.seconds == 33


# The clocks of some systems go on while the computer is suspended, and all of them while a process is stopped.


def test_an_hour_asleep_counts_for_nothing(machine, clock):
    passes(machine, 20)
    assert clock.seconds == 20
    passes(machine, 3600, computing=1e-4)
    assert clock.seconds == 20
    passes(machine, 4)
    assert clock.tick(12) == (24, 0.5)


def test_a_tick_after_nothing_but_sleep_has_a_speed(machine, clock):
    clock.start(0)
    passes(machine, 3600, computing=1e-4)
    assert clock.tick(1) == (0, 1000)


def test_a_wait_for_a_turn_on_a_busy_machine_counts(machine, clock):
    passes(machine, 60, computing=0.03)
    assert clock.seconds == 60


def test_a_short_wait_for_a_disk_counts(machine, clock):
    passes(machine, 5, computing=0)
    assert clock.seconds == 5


def test_seconds_do_not_follow_the_time_of_day(monkeypatch):
    clock = Clock()
    before = clock.seconds
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.seconds >= before
