"""How likely held-out samples are under a run's average generator, which tells over-fitting long before works do."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor

from ..interfaces.networks import PretrainableGenerator
from ..recipe.settings import Training
from .held_out import held_out
from .quality_trend import Standing
from .trainer import Trainer

NAME = "held-out loss"
"""The number: what is minimised by likelihood, of samples that nothing is trained on."""

MAX_SAMPLES, BATCH = 512, 128
"""Held-out samples that are looked at at most, the same each time, and those at once."""


def learns_by_likelihood(training: Training, step: int) -> bool:
    """Return whether a run is trained by likelihood alone up to a step, as it is for more than half of its steps."""
    steps = training.schedule_steps or training.steps
    return 0 < step <= training.pretraining_steps and training.pretraining_steps > steps / 2


def held_out_standing(trainer: Trainer) -> Standing | None:
    """Return what the average generator would minimise of held-out samples, or None where it knows of none, or of one.

    What networks draw on the way is the same at each call, and disturbs nothing.
    """
    data = trainer.data
    apart = held_out(data, trainer.recipe.training, len(data))
    if apart is None or len(apart) < 2 or data.spec.classes or "pretraining" not in trainer.recipe.generator.provides:
        return None
    rows = np.linspace(0, len(apart) - 1, min(MAX_SAMPLES, len(apart))).astype(np.int64)
    compact = torch.from_numpy(apart[rows])

    # A long text costs more: only what it costs beyond that is chance.
    network, means, residuals = cast(PretrainableGenerator, trainer.ema.network), [], []
    devices = [trainer.device] if trainer.device.type == "cuda" else []
    with torch.inference_mode(), torch.random.fork_rng(devices=devices):
        torch.manual_seed(0)
        for part in torch.split(compact, BATCH):
            costs = network.pretraining_loss(trainer.show(part), None).double().cpu()
            lengths = _lengths(part, ends=data.spec.ends)
            means.append(costs.mean().expand(len(part)))
            residuals.append(costs - costs.mean() * lengths / lengths.mean())
    value, error = torch.cat(means).mean(), torch.cat(residuals).std() / len(compact) ** 0.5
    return Standing(trainer.steps, NAME, float(value), float(error))


def _lengths(compact: Tensor, *, ends: bool) -> Tensor:
    """Return how many tokens stand in each sample up to its end, (N,); 1 for all where they do not end."""
    if not ends:
        return torch.ones(len(compact), dtype=torch.float64)
    return 1 + (compact != 0).long().cumprod(1).sum(1).clamp(max=compact.shape[1] - 1).double()
