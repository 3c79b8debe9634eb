"""Games that differ in what they are made of, and the same game played in two ways."""

from __future__ import annotations

from collections.abc import Callable

import torch

from artgan.recipe.recipe import Recipe
from artgan.training.captured_network import Capture
from artgan.training.trainer import Trainer

GAMES = {
    "batch norm in both": {"discriminator": {"norm": "batch"}},
    "spectral norm": {"discriminator": {"norm": "spectral"}},
    "a lazy penalty": {"penalty": [{"name": "r1", "interval": 2}]},
    "a loss of pairs": {"loss": {"name": "relativistic"}},
    "an augmentation that adapts": {"augmentation": [{"name": "ada", "initial": 0.5}]},
    "several updates": {"discriminator_optimiser": {"updates": 2}, "generator_optimiser": {"updates": 2}},
    "shards": {"training": {"batch": 16, "shards": 2}, "augmentation": [{"name": "ada", "initial": 0.5}]},
    "doubled neighbours": {"generator": {"upsampling": "nearest", "modulated": True, "full": 4}},
    "bfloat16": {"training": {"batch": 16, "precision": "bfloat16"}},
}
"""Tables of recipes for small pictures, by what is special in them."""


def both(
    recipe: Recipe, trainer: Callable[[Recipe], Trainer], capture: Capture | None, device: str = "cpu"
) -> list[Trainer]:
    """Return the same game twice: as networks are written, and captured."""
    made, place = trainer(recipe), torch.device(device)
    return [
        Trainer(recipe=recipe, data=made.data, modality=made.modality, device=place, capture=by)
        for by in (None, capture)
    ]


def differing(one: Trainer, other: Trainer) -> list[str]:
    """Return the names of what two games have come to other bits of."""
    theirs = other.state()
    return [name for name, tensor in one.state().items() if not torch.equal(tensor, theirs[name])]
