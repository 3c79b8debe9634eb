"""The shorthand `training.decay` becomes schedules of the learning rates."""

from __future__ import annotations

import pytest

from artgan import UsageError
from artgan.recipe.decay import with_schedules
from artgan.recipe.recipe_file import differences


def test_it_makes_every_learning_rate_fall_in_the_last_share(small):
    recipe = small(training={"decay": 0.3}, generator_optimiser={"lr": 2e-4}, discriminator_optimiser={})
    tables = recipe.generator_optimiser.values(), recipe.discriminator_optimiser.values()
    assert [table["lr"] for table in tables] == ["linear:0.0002..0@0.7..1", "linear:0.001..0@0.7..1"]
    assert "decay" not in recipe.training.values()


def test_the_rate_of_pretraining_falls_too_where_it_has_one():
    tables = with_schedules({"training": {"decay": 1, "pretrain_lr": 0.01}})
    assert tables["training"] == {"pretrain_lr": "linear:0.01..0"}


@pytest.mark.parametrize("rate", ["cosine:1e-3..0", 0, 0.0])
def test_a_rate_that_is_a_schedule_or_nothing_stays(small, rate):
    recipe = small(training={"decay": 0.5}, generator_optimiser={"lr": rate})
    assert recipe.generator_optimiser == small(generator_optimiser={"lr": rate}).generator_optimiser


def test_none_of_it_changes_nothing(small):
    assert small(training={"decay": 0}) == small()


@pytest.mark.parametrize("decay", [1.5, -0.1, "often"])
def test_a_share_that_is_none_is_refused(small, decay):
    with pytest.raises(UsageError, match="recipe table training: "):
        small(training={"decay": decay})


def test_a_recipe_written_with_it_differs_in_nothing_from_one_written_with_schedules():
    before = "[training]\ndecay = 0.5\n[generator_optimiser]\nlr = 0.001\n[discriminator_optimiser]\nlr = 0.002\n"
    now = (
        '[training]\n[generator_optimiser]\nlr = "linear:0.001..0@0.5..1"\n'
        '[discriminator_optimiser]\nlr = "linear:0.002..0@0.5..1"\n'
    )
    assert differences(before, now) == []
    assert differences(before, now.replace("0.002", "0.003")) != []
