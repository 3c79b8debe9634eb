"""What the average generator of a run makes of seeds while it trains."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..artworks.compact_samples import compact_samples
from ..artworks.latents import latents
from .trainer import Trainer

MAX_BATCH = 64
"""Samples that are made at once at most; and no more than train at once, so that they need no more memory."""


def average_samples(trainer: Trainer, seeds: range) -> NDArray[Any]:
    """Return compact samples (N, ...), one for each seed.

    They are quicker to make than artworks of the same seeds, and not the same to the last bit. Pictures are made in the
    arithmetic that is trained in, which changes most pixels by a level at most and some at edges by more; texts, which
    might get other words by it, are not. What the networks draw on their way is the same at each call, and disturbs
    nothing.
    """
    size, labels = trainer.recipe.generator.latent, None
    precision = nullcontext() if trainer.data.spec.vocabulary else trainer.precision()
    drawn = torch.from_numpy(np.stack([latents(seed, size) for seed in seeds]))
    if classes := len(trainer.data.spec.classes):
        labels = torch.arange(len(drawn), device=trainer.device) % classes

    with torch.inference_mode(), torch.random.fork_rng(devices=[]), precision:
        torch.default_generator.manual_seed(0)
        found, training = None, trainer.recipe.training
        together = min(MAX_BATCH, training.batch // training.shards)
        for start in range(0, len(drawn), together):
            part = slice(start, start + together)
            own = None if labels is None else labels[part]
            network, modality = trainer.ema.network, trainer.modality
            made = compact_samples(network, modality, drawn[part].to(trainer.device), own).cpu().numpy()
            found = np.empty((len(drawn), *made.shape[1:]), made.dtype) if found is None else found
            found[part] = made
    assert found is not None
    return found
