"""Compact samples keep all that a network says, whatever arithmetic it was called in."""

import torch
from torch import nn

from artgan.artworks.compact_samples import compact_samples
from artgan.builtin.modality.image import ImageModality


class Ramp(nn.Module):
    """Makes pictures of 256 columns from black to white, in bfloat16."""

    def forward(self, latents, labels=None):
        return torch.linspace(-1, 1, 256).expand(len(latents), 1, 1, 256).bfloat16()


def test_what_was_made_in_bfloat16_is_turned_into_levels_in_float32():
    made = compact_samples(Ramp(), ImageModality(), torch.zeros(2, 1), None)
    exact = ImageModality().to_compact(Ramp()(torch.zeros(2, 1)).float())
    assert torch.equal(made, exact)
    assert len(made.unique()) > 200
