"""Whether the components of a recipe fit together."""

from __future__ import annotations

from ..errors import UsageError
from ..plugins.registry import Registry
from .recipe import Recipe


def check_fit(recipe: Recipe, registry: Registry) -> None:
    """Check that modalities meet and that what each component needs is given by another.

    Raises:
        UsageError: naming the two that do not fit, and what would.
    """
    modality = recipe.dataset.modality
    for component in recipe.components():
        if component.modalities and modality not in component.modalities:
            made_for = " or ".join(sorted(component.modalities))
            fitting = [
                name
                for name in registry.names(component.kind)
                if modality in (registry.get(component.kind, name).modalities or {modality})
            ]
            raise UsageError(
                f"{component.kind} {component.name} is for {made_for} but dataset {recipe.dataset.name} holds "
                f"{modality}; for {modality} there is: {', '.join(fitting) or 'none'}"
            )
    if "pretraining" not in recipe.generator.gives:
        if recipe.training.pretrain:
            raise UsageError(f"generator {recipe.generator.name} cannot be pre-trained: leave out --pretrain")
        if recipe.training.likelihood:
            raise UsageError(f"generator {recipe.generator.name} has no likelihood: leave out training.likelihood")
    given = {gift for component in recipe.components() for gift in component.gives}
    for component in recipe.components():
        for need in sorted(component.needs - given):
            raise UsageError(
                f"{component.kind} {component.name} needs {need}, which none of generator {recipe.generator.name}, "
                f"discriminator {recipe.discriminator.name} and dataset {recipe.dataset.name} gives"
            )
