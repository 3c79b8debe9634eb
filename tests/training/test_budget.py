"""A budget of any unit is turned into steps; one of minutes is kept on a machine whose speed changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan import UsageError
from artgan.builtin.modality.image import ImageModality
from artgan.interfaces import Data, Spec
from artgan.interfaces.schedule import Schedule
from artgan.recipe.settings import Training
from artgan.training.budget import LATEST, MinuteBudget, in_steps, steps_in
from artgan.training.pace import Pace
from artgan.training.snapshots import Snapshots

HELD_OUT = 0.1
SAMPLES = 320
HALF_A_SECOND = Pace(pretraining=0.5, playing=0.5, threads=1)


@pytest.fixture
def data() -> Data:
    random = np.random.default_rng(0)
    samples = random.integers(0, 256, (SAMPLES, 1, 8, 8), dtype=np.uint8)
    return Data(Spec("image", (1, 8, 8)), samples, None, "f" * 64, "Noise", "CC0 1.0", "nowhere")


@pytest.mark.parametrize(
    ("budget", "steps"),
    [
        ({"steps": 7}, 7),
        ({"minutes": 2.0}, 240),
        ({"minutes": 0.0125}, 1),
        ({"kimg": 1.6}, 100),
        ({"kimg": 1.601}, 101),
        ({"epochs": 2.0}, 36),
    ],
)
def test_a_budget_is_so_many_steps_of_batches_of_16_that_take_half_a_second(small, data, budget, steps):
    recipe = small(training={"steps": 0, "batch": 16, "held_out": HELD_OUT, **budget})
    assert in_steps(recipe, data, HALF_A_SECOND) == steps


def test_of_two_updates_of_the_discriminator_each_sees_a_batch(small, data):
    recipe = small(training={"steps": 0, "kimg": 1.6, "batch": 16}, discriminator_optimiser={"updates": 2})
    assert in_steps(recipe, data, HALF_A_SECOND) == 50


def test_less_than_a_step_is_told_with_what_one_takes(small, data):
    with pytest.raises(UsageError, match=r"less than one step, which takes 0\.50 s: give more --minutes"):
        in_steps(small(training={"steps": 0, "minutes": 0.001}), data, HALF_A_SECOND)


@pytest.mark.parametrize(
    ("training", "steps"),
    [
        (Training(pretrain=0.25), 100),  # 25 of a second, 75 of two
        (Training(pretrain=15.0), 95),  # 15 of a second, 80 of two
        (Training(pretrain=1.0), 175),
    ],
)
def test_steps_that_pretrain_take_less_of_the_minutes(training, steps):
    assert steps_in(175, training, Pace(pretraining=1, playing=2, threads=1)) == steps


@pytest.mark.parametrize(
    "budget",
    [{"steps": 10, "pretrain": 10}, {"steps": 0, "minutes": 0.1, "pretrain": 50}, {"steps": 1, "pretrain": 0.9}],
)
def test_a_recipe_that_never_plays_is_refused(small, data, budget):
    recipe = small().with_training(**budget)
    with pytest.raises(UsageError, match=r"the game is never played: give --pretrain 0\.5 .* or --preset mle"):
        in_steps(recipe, data, HALF_A_SECOND)


def test_maximum_likelihood_alone_is_not_refused_when_it_is_asked_for(small, data):
    assert in_steps(small().with_training(steps=10, pretrain=1.0), data, HALF_A_SECOND) == 10
    assert Training(pretrain=1e9).pretrain == 1, "as recipes of before say it"


# Minutes on a machine whose speed changes. The machine is a function from the seconds of the run to those of a step.

SECONDS = 100.0
LR = Schedule("linear", 1e-3, 0.0, 0.5)


@dataclass
class Played:
    """What was played: each step as the networks felt it, and the training as it was in the end."""

    steps: list[tuple[float, bool]]
    training: Training
    seconds: float

    def as_planned_at_the_end(self, lr: Schedule) -> list[tuple[float, bool]]:
        return [_felt(self.training, lr, step) for step in range(self.training.steps)]


def play(
    step_seconds: Callable[[float], float],
    *,
    measured: float,
    lr: Schedule = LR,
    pretrain: float = 0.0,
    snapshot: float = 0.0,
) -> Played:
    """Play a run of 100 seconds, in which a snapshot takes so many."""
    pace = Pace(pretraining=measured / 3, playing=measured, threads=1)
    training = Training(minutes=SECONDS / 60, pretrain=pretrain)
    training = replace(training, steps=max(1, steps_in(SECONDS, training, pace)))
    budget = MinuteBudget(training.minutes, pace, lr.changes_from)

    is_due = Snapshots(Path(), ImageModality(), training.snapshots).is_due
    seconds, steps = 0.0, list[tuple[float, bool]]()
    while len(steps) < training.steps:
        if plan := budget.plan(training, len(steps), seconds):
            training = plan.training
            steps = [] if plan.begins_again else steps
        felt = _felt(training, lr, len(steps))
        seconds += step_seconds(seconds) / (3 if felt[1] else 1)
        steps.append(felt)
        if snapshot and is_due(len(steps), training.steps):
            seconds += snapshot
            budget.add_snapshot(snapshot)
    return Played(steps, training, seconds)


def _felt(training: Training, lr: Schedule, step: int) -> tuple[float, bool]:
    """Return the learning rate of a step, and whether it pre-trains."""
    return lr.at(step / (training.schedule_steps or training.steps)), step < training.pretraining_steps


factors = st.floats(0.05, 20)
pretrainings = st.sampled_from([0.0, 0.1, 0.5, 1.0, 200.0])


@given(measured=factors, pretrain=pretrainings)
def test_minutes_are_kept_however_busy_the_machine_was_when_it_was_measured(measured, pretrain):
    played = play(lambda seconds: 0.5, measured=0.5 * measured, pretrain=pretrain)
    assert abs(played.seconds - SECONDS) < 0.1 * SECONDS
    assert not played.training.schedule_steps


@given(slower=st.floats(0.1, 10), at=st.floats(0, 12), pretrain=pretrainings)
def test_minutes_are_kept_where_the_speed_changes_before_the_learning_rates_fall(slower, at, pretrain):
    played = play(lambda seconds: 0.1 * (slower if seconds > at else 1), measured=0.1, pretrain=pretrain)
    assert abs(played.seconds - SECONDS) < 0.1 * SECONDS


@given(slower=st.floats(1, 10), at=st.floats(0, 100))
def test_minutes_are_not_exceeded_whenever_the_machine_becomes_slower(slower, at):
    played = play(lambda seconds: 0.1 * (slower if seconds > at else 1), measured=0.2)
    assert played.seconds <= LATEST * SECONDS + 2


@given(measured=st.floats(0.2, 5))
def test_minutes_are_kept_by_schedules_that_begin_at_once_for_the_run_begins_again(measured):
    lr = Schedule("cosine", 1e-3, 0.0)
    played = play(lambda seconds: 0.2, measured=0.2 * measured, lr=lr)
    assert abs(played.seconds - SECONDS) < 0.15 * SECONDS


@given(snapshot=st.floats(0.1, 1.5))
def test_what_snapshots_take_is_kept_for_them_for_they_lie_close_together_at_first(snapshot):
    played = play(lambda seconds: 0.1, measured=0.1, snapshot=snapshot)
    assert abs(played.seconds - SECONDS) < 0.1 * SECONDS


@pytest.mark.parametrize("hiccup", [2.0, 10.0, 20.0])
def test_a_pause_at_the_beginning_does_not_make_the_run_short(hiccup):
    played = play(lambda seconds: hiccup if seconds == 0 else 0.2, measured=0.2)
    assert abs(played.seconds - SECONDS) < 0.1 * SECONDS
    assert played.training.steps > 0.6 * (SECONDS - hiccup) / 0.2


@given(
    speeds=st.lists(st.floats(0.05, 4), min_size=1, max_size=20),
    measured=st.floats(0.05, 4),
    pretrain=pretrainings,
    lr=st.sampled_from(
        [LR, Schedule("cosine", 1e-3, 0.0), Schedule("linear", 1e-3, 0.0, 0.05), Schedule("warmup", 1e-3, 1e-3, 0.1)]
    ),
)
def test_what_was_played_is_the_run_that_the_recipe_tells_in_the_end(speeds, measured, pretrain, lr):
    played = play(lambda seconds: speeds[int(seconds / 10) % len(speeds)], measured=measured, lr=lr, pretrain=pretrain)
    assert played.steps == played.as_planned_at_the_end(lr)


def test_without_schedules_the_steps_change_until_the_end():
    constant = Schedule("linear", 1e-3, 1e-3, 0.999)
    played = play(lambda seconds: 0.2 * (5 if seconds > 90 else 1), measured=0.2, lr=constant)
    assert abs(played.seconds - SECONDS) < 0.02 * SECONDS
