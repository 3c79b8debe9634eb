"""Works are worse than they were where the difference is beyond chance, and since when is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from artgan.training.quality_trend import QualityTrend, Standing


def standings(values: Sequence[float], error: float = 1.0) -> list[Standing]:
    """Return how works stood at the steps 10, 20 …, by their values."""
    return [Standing(10 * number, "distance", value, error) for number, value in enumerate(values, start=1)]


def trend(values: Sequence[float], returns: Sequence[int] = (10, 20, 30, 40, 50)) -> QualityTrend:
    return QualityTrend.of(standings(values), 10 * len(values), returns)


@pytest.mark.parametrize(("difference", "worse"), [(5.6, False), (5.7, True)])
def test_clearly_worse_is_by_four_standard_errors_of_the_difference(difference: float, worse: bool) -> None:
    assert (trend([3.0, 3.0 + difference]).worse_from == 20) is worse
    assert trend([3.0 + difference, 3.0]).worse_from is None


def test_an_error_that_came_out_small_by_chance_is_taken_with_the_others() -> None:
    known = [*standings([9.0, 1.0]), Standing(30, "distance", 3.0, 0.001)]
    assert QualityTrend.of(known, 30, [20]).worse_from is None


def test_works_are_worse_from_the_first_of_an_unbroken_row_on() -> None:
    found = trend([30, 10, 20, 12, 20, 22])
    assert (found.best, found.worse_from) == (standings([30, 10])[1], 50)


@pytest.mark.parametrize("values", [[30, 20, 10], [10, 20, 12], [10], []])
def test_what_is_not_clearly_worse_now_is_not_worse(values: list[float]) -> None:
    assert trend(values).worse_from is None


def test_the_best_is_of_the_steps_that_can_be_returned_to_or_now() -> None:
    assert trend([10, 20, 30], returns=[20]).best == standings([10, 20])[1]
    found = trend([10, 20, 30], returns=[])
    assert found.best is found.now == standings([10, 20, 30])[2]


def test_numbers_of_two_kinds_are_not_compared() -> None:
    known = [Standing(10, "loss", 1.0, 0.1), *standings([0, 30, 20])[1:]]
    found = QualityTrend.of(known, 30, [10, 20])
    assert (found.best, found.worse_from) == (known[2], None)


def test_at_a_step_that_was_not_judged_nothing_is_said() -> None:
    found = QualityTrend.of(standings([10, 20, 30]), 31, [10])
    assert (found.now, found.worse_from) == (None, None)


def test_a_row_of_the_log_keeps_a_standing_beside_other_numbers() -> None:
    standing = Standing(7, "n-gram distance", 0.1 + 0.2, 1e-17)
    assert Standing.from_row({"step": 7, "distinct-2": 0.5, **standing.to_row()}) == standing
    assert Standing.from_row({"step": 7, "distinct-2": 0.5, "n-gram distance": 3.0}) is None
