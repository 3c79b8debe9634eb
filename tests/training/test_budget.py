"""A budget of any unit is turned into steps, before anything is written."""

from __future__ import annotations

import numpy as np
import pytest

from artgan import UsageError
from artgan.interfaces import Data, Spec
from artgan.training.budget import in_steps

HELD_OUT = 0.1
SAMPLES = 320


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
    assert in_steps(recipe, data, step_seconds=0.5) == steps


def test_of_two_updates_of_the_discriminator_each_sees_a_batch(small, data):
    recipe = small(training={"steps": 0, "kimg": 1.6, "batch": 16}, discriminator_optimiser={"updates": 2})
    assert in_steps(recipe, data, step_seconds=0.5) == 50


def test_less_than_a_step_is_told_with_what_one_takes(small, data):
    with pytest.raises(UsageError, match=r"less than one step, which takes 0\.50 s: give more --minutes"):
        in_steps(small(training={"steps": 0, "minutes": 0.001}), data, step_seconds=0.5)
