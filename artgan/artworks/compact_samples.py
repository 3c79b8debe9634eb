"""Compact samples of many latents at once, for whoever measures them; works are rendered one by one, see `Model`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..interfaces import Modality
from ..interfaces.networks import DrawingGenerator


def compact_samples(network: nn.Module, modality: Modality, latents: Tensor, labels: Tensor | None) -> Tensor:
    """Return compact samples (B, ...) of latents; where a network gives token numbers, none are made one-hot first.

    Args:
        network: the generator's.
        modality: what samples are.
        latents: (B, latent).
        labels: class indices, (B,), or None.
    """
    if isinstance(network, DrawingGenerator):
        return network.draw_tokens(latents, labels).to(torch.int32)
    made: Tensor = network(latents, labels)
    return modality.to_compact(made.float() if made.dtype == torch.bfloat16 else made)  # which cannot tell levels apart
