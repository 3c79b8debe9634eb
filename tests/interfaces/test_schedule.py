"""Schedules: numbers over a run, written as one value."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from artgan import Component, UsageError, option
from artgan.interfaces.schedule import SHAPES, Schedule


@dataclass(frozen=True)
class Oven(Component):
    """An oven."""

    kind = "tool"
    name = "oven"
    heat: float = option(200.0, "degrees", min=0, max=300, schedule=True)
    minutes: float = option(30.0, "time", min=0)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("linear:1..0", [1, 0.75, 0.5, 0.25, 0]),
        ("linear:0..8@0.5..1", [0, 0, 0, 4, 8]),
        ("linear:2..4@0..0.5", [2, 3, 4, 4, 4]),
        ("cosine:1..0", [1, 0.8535534, 0.5, 0.1464466, 0]),
        ("cosine:0..2@0.25..0.75", [0, 0, 1, 2, 2]),
        ("warmup:6@0.5", [0, 3, 6, 6, 6]),
        ("warmup:6..2@0.25..0.5", [0, 6, 6, 4, 2]),
        ("warmup:6..0@0.5", [0, 3, 6, 3, 0]),
    ],
)
def test_a_number_at_each_quarter_of_a_run(text, numbers):
    schedule = Schedule.parse(text)
    assert [schedule.at(quarter / 4) for quarter in range(5)] == pytest.approx(numbers, abs=1e-7)


def test_a_warm_up_takes_a_twentieth_unless_told_otherwise():
    schedule = Schedule.parse("warmup:1e-3")
    assert [schedule.at(share) for share in (0, 0.025, 0.05, 0.5, 1)] == pytest.approx([0, 5e-4, 1e-3, 1e-3, 1e-3])


def test_a_number_that_falls_over_the_last_share_is_to_the_bit_what_it_was_before_there_were_schedules():
    for hundredths in range(1, 101):
        decay = hundredths / 100
        schedule = Schedule.parse(f"linear:0.0017..0@{(100 - hundredths) / 100}..1")
        for step in range(97):
            assert schedule.at(step / 97) == 0.0017 * min(1.0, (1 - step / 97) / decay)


@pytest.mark.parametrize("text", ["linear:2..4@0..0.5", "cosine:1..0", "warmup:6..2@0.25..0.5"])
def test_a_scaled_one_is_so_many_times_as_much_all_along(text):
    schedule = Schedule.parse(text)
    scaled = Schedule.parse(str(schedule.scaled(0.25)))
    assert [scaled.at(part / 9) for part in range(10)] == [0.25 * schedule.at(part / 9) for part in range(10)]


shares = st.floats(0, 1).map(lambda share: round(share, 6))


@st.composite
def schedules(draw):
    """Any that is not refused."""
    numbers = draw(st.one_of(*[st.tuples(kind, kind) for kind in (st.floats(0, 1e6), st.floats())]))
    try:
        return Schedule(draw(st.sampled_from(SHAPES)), *numbers, *sorted((draw(shares), draw(shares))))
    except ValueError:
        reject()


@given(schedules())
def test_what_is_written_reads_as_the_same_schedule(schedule):
    assert Schedule.parse(str(schedule)) == schedule


@given(schedules())
def test_it_begins_at_its_first_number_ends_at_its_last_and_stays_within_its_extremes(schedule):
    """To the bit at the ends; between them, within what sums round to."""
    if schedule.shape == "warmup":
        assert schedule.at(0) == 0
        assert schedule.at(schedule.start) == schedule.at(schedule.end) == schedule.first
    else:
        assert schedule.at(0) == schedule.at(schedule.start) == schedule.first
    assert schedule.at(1) == schedule.last

    low, high = schedule.extremes
    rounding = 1e-9 * max(abs(low), abs(high)) + 1e-300
    for step in range(11):
        assert low - rounding <= schedule.at(step / 10) <= high + rounding


def test_an_option_takes_a_number_or_a_schedule_and_a_recipe_records_what_was_written():
    assert Oven.configure({"heat": "180"}) == Oven(180.0)
    oven = Oven.configure({"heat": "linear:180..20@0.5..1"})
    assert oven.values() == {"heat": "linear:180..20@0.5..1", "minutes": 30.0}
    assert Oven.configure(oven.values()) == oven
    assert hash(oven) == hash(Oven.configure(oven.values()))


def test_a_component_at_a_step_has_numbers():
    oven = Oven.configure({"heat": "linear:200..100"})
    assert [oven.at(share).heat for share in (0, 0.5, 1)] == [200, 150, 100]
    assert oven.at(0.5).minutes == 30
    plain = Oven()
    assert plain.at(0.5) is plain


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("linear:100..400", "heat = 400.0 is out of range (0 to 300 or a schedule)"),
        ("liner:1..0", "'liner' is no schedule"),
        ("linear:1", "lacks where it goes: write linear:1..LAST"),
        ("linear:1..0@0.5..0.2", "the first before the second"),
        ("linear:1..0@0.5..2", "two shares of the run"),
        ("cosine:high..low", "write SHAPE:FIRST..LAST@START..END"),
        ("warmup:1@0", "two shares of the run"),
        ("warmup:6..2@0.5..1", "never reaches 2: the share at which it leaves its top must be below 1"),
        ("warmup:6..2@1", "never reaches 2"),
        ("linear:1e308..-1e308", "is not finite"),
    ],
)
def test_a_wrong_schedule_is_named_with_what_is_right(value, words):
    with pytest.raises(UsageError) as error:
        Oven.configure({"heat": value})
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_an_option_that_takes_no_schedule_refuses_one():
    with pytest.raises(UsageError, match=r"'linear:1\.\.0' is not a number"):
        Oven.configure({"minutes": "linear:1..0"})
