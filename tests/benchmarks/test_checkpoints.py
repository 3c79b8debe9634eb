"""What a checkpoint costs: its share of a run's time at the default interval."""

from __future__ import annotations

import time
from statistics import median

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from artgan.interfaces import Workspace
from artgan.recipe.compose import compose
from artgan.training.run import Run

pytestmark = pytest.mark.slow

ROUNDS, STEPS_A_ROUND = 12, 20
SHARE = 0.02


@pytest.fixture
def run(plugins, tmp_path):
    """A run of the default recipe, in its first steps."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    recipe = compose(plugins.registry, {"training": {"steps": 10**6}}, "default")
    data = recipe.dataset.open(Workspace(cache=tmp_path / "cache"))
    run = Run(
        folder=tmp_path / "a-run",
        recipe=recipe,
        data=data,
        modality=plugins.registry.modality(data.spec),
        plugins=plugins,
        device=torch.device("cpu"),
    )
    run.create("artgan run")
    yield run
    torch.set_num_threads(before)


def test_a_checkpoint_of_the_default_takes_at_most_a_fiftieth_of_the_time(benchmark: BenchmarkFixture, run):
    steps: list[float] = []

    def train() -> None:
        start = time.perf_counter()
        for _ in range(STEPS_A_ROUND):
            run.trainer.step()
        steps.append((time.perf_counter() - start) / STEPS_A_ROUND)

    train()
    benchmark.pedantic(run.save, setup=train, rounds=ROUNDS)
    share = median(
        save / (save + run.recipe.training.checkpoint_every * step)
        for save, step in zip(benchmark.stats.stats.data, steps[1:], strict=True)
    )
    benchmark.extra_info["share"] = share
    print(f"\na checkpoint every {run.recipe.training.checkpoint_every} steps takes {share:.2%} of the run's time")
    assert share <= SHARE
