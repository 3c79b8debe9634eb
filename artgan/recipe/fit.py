"""Whether the components of a recipe fit together."""

from __future__ import annotations

from ..errors import UsageError
from ..interfaces import Modality
from ..interfaces.kinds import KINDS
from ..plugins.registry import Registry
from .recipe import Recipe


def check_fit(recipe: Recipe, registry: Registry) -> None:
    """Check that modalities and representations meet, and that what each component requires another provides.

    Raises:
        UsageError: naming the two that do not fit, and what would.
    """
    _check_modalities(recipe, registry)

    if "pretraining" not in recipe.generator.provides:
        if recipe.training.pretrain:
            raise UsageError(f"generator {recipe.generator.name} cannot be pre-trained: leave out --pretrain")
        if recipe.training.likelihood:
            raise UsageError(f"generator {recipe.generator.name} has no likelihood: leave out training.likelihood")
    provided = {gift for component in recipe.components() for gift in component.provides}
    for component in recipe.components():
        for need in sorted(component.requires - provided):
            raise UsageError(
                f"{component.kind} {component.name} needs {need}, which none of generator {recipe.generator.name}, "
                f"discriminator {recipe.discriminator.name} and dataset {recipe.dataset.name} provides"
            )


def _check_modalities(recipe: Recipe, registry: Registry) -> None:
    modality = registry.get(Modality, recipe.dataset.modality)
    for component in recipe.components():
        if component.serves(modality.name, modality.representation):
            continue
        kind = KINDS[component.kind]
        made_for = " or ".join(sorted(component.modalities) or [component.representation])
        fitting = [
            name
            for name in registry.names(kind)
            if registry.get(kind, name).serves(modality.name, modality.representation)
        ]
        raise UsageError(
            f"{component.kind} {component.name} is for {made_for} but dataset {recipe.dataset.name} holds "
            f"{modality.name}; for {modality.name} there is: {', '.join(fitting) or 'none'}"
        )
