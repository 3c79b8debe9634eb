"""Trainers of recipes, on the CPU."""

from __future__ import annotations

from pathlib import Path

import torch

from artgan.interfaces import Data, Workspace
from artgan.plugins.registry import Registry
from artgan.recipe.recipe import Recipe
from artgan.training.trainer import Trainer


def make_trainer(recipe: Recipe, registry: Registry, cache: Path) -> Trainer:
    """Return the trainer of a recipe.

    Args:
        recipe: the run that it would be.
        registry: where the modality is looked up.
        cache: a folder for decoded data.
    """
    data: Data = recipe.dataset.open(Workspace(cache=cache))
    return Trainer(recipe=recipe, data=data, modality=registry.modality(data.spec), device=torch.device("cpu"))
