"""How long a run will take: measured on a few steps, before anything is written."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from statistics import median

import torch

from ..errors import UsageError
from ..interfaces import Data, Modality
from ..recipe.recipe import Recipe
from .held_out import training_rows
from .memory import explain_memory
from .trainer import Trainer

WARM_UP_STEPS = 3
MEASURED_SECONDS = 2.0
MEASURED_STEPS = 200


def seconds_per_step(recipe: Recipe, data: Data, modality: Modality, device: torch.device) -> float:
    """Measure a step on a trainer that is then thrown away: the mean of those that pre-train and those that play.

    Where the budget is minutes, pre-training takes its share of them.

    Raises:
        UsageError: if the components do not fit the data.
        ArtganError: if memory runs out.
    """
    training = recipe.training
    first = training.pretrain
    if not first:
        return _measured(recipe, data, modality, device)
    pretraining = _measured(_with_pretraining(recipe, MEASURED_STEPS * 10), data, modality, device)
    budget = training.minutes * 60
    if (training.steps and training.steps <= first) or (budget and budget <= first * pretraining):
        return pretraining
    playing = _measured(_with_pretraining(recipe, 0), data, modality, device)
    steps = first + (budget - first * pretraining) / playing if budget else in_steps(recipe, data, playing)
    return (first * pretraining + max(0, steps - first) * playing) / steps


def _with_pretraining(recipe: Recipe, steps: int) -> Recipe:
    return replace(recipe, training=replace(recipe.training, pretrain=steps))


def _measured(recipe: Recipe, data: Data, modality: Modality, device: torch.device) -> float:
    """Measure one kind of step.

    Raises:
        UsageError: if the components do not fit the data.
        ArtganError: if memory runs out.
    """
    with explain_memory(recipe, data.spec):
        trainer = Trainer(recipe=recipe.with_steps(MEASURED_STEPS * 10), data=data, modality=modality, device=device)
        for _ in range(WARM_UP_STEPS):
            trainer.step()
        trainer.read_scalars()
        lasted: list[float] = []
        while sum(lasted) < MEASURED_SECONDS and len(lasted) < MEASURED_STEPS:
            start = time.perf_counter()
            trainer.step()
            if device.type != "cpu":
                trainer.read_scalars()
            lasted.append(time.perf_counter() - start)
    return median(lasted)


def in_steps(recipe: Recipe, data: Data, step_seconds: float) -> int:
    """Return a recipe's budget in steps.

    Args:
        recipe: what is trained; one of its budgets is given.
        data: the samples, of which some are held out.
        step_seconds: what a step takes.

    Raises:
        UsageError: if that is less than one step.
    """
    training = recipe.training
    seen = training.batch * recipe.discriminator_optimiser.updates
    steps = (
        training.steps
        or math.ceil(training.epochs * len(training_rows(data, training)) / seen)
        or math.ceil(training.kimg * 1000 / seen)
        or int(training.minutes * 60 / step_seconds)
    )
    if steps < 1:
        raise UsageError(f"the budget is less than one step, which takes {step_seconds:.2f} s: give more --minutes")
    return steps
