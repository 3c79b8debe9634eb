"""What the average generator of a run makes of seeds while it trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..artworks.latents import latents
from .trainer import Trainer

AT_ONCE = 64
"""Samples that are made at once."""


def sampled(trainer: Trainer, seeds: range) -> NDArray[Any]:
    """Return what the average generator makes of seeds, compact; what it draws on its way is always the same."""
    size, labels = trainer.recipe.generator.latent, None
    drawn = torch.from_numpy(np.stack([latents(seed, size) for seed in seeds]))
    if classes := len(trainer.data.spec.classes):
        labels = torch.arange(len(drawn), device=trainer.device) % classes
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        parts = []
        for start in range(0, len(drawn), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            own = None if labels is None else labels[part]
            samples = trainer.ema.network(drawn[part].to(trainer.device), own)
            parts.append(trainer.modality.to_compact(samples).cpu().numpy())
    return np.concatenate(parts)
