"""What the average generator makes on the way: in the arithmetic that trains, of each seed the same."""

from dataclasses import replace

import numpy as np
import pytest

from artgan.recipe.compose import compose
from artgan.training.average_samples import average_samples


@pytest.fixture
def twice(trainer):
    """Return a function that returns the trainers of a recipe in both arithmetics, with the same weights."""

    def make(recipe):
        exact, fast = (
            trainer(replace(recipe, training=replace(recipe.training, precision=precision)))
            for precision in ("float32", "bfloat16")
        )
        fast.load_state(exact.state(), 0)
        return exact, fast

    return make


def test_pictures_are_made_in_the_arithmetic_that_is_trained_in_and_differ_by_few_levels(small, twice):
    exact, fast = (average_samples(each, range(40)).astype(int) for each in twice(small()))
    apart = abs(exact - fast)
    assert 0 < apart.mean() < 0.5
    assert apart.max() < 8


def test_texts_are_drawn_alike_in_both_arithmetics(registry, twice):
    tables = {"dataset": {"name": "names"}, "generator": {"name": "rnn"}, "training": {"steps": 10, "batch": 16}}
    exact, fast = (average_samples(each, range(40)) for each in twice(compose(registry, tables, "scratch")))
    assert np.array_equal(exact, fast)


def test_the_first_of_many_are_what_few_would_be(small, trainer):
    made = trainer(small(training={"batch": 16}))
    assert np.array_equal(average_samples(made, range(40))[:24], average_samples(made, range(24)))
