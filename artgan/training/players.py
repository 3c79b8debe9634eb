"""Who plays the game: the networks of a recipe, what moves them, and all that training changes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from ..errors import UsageError
from ..interfaces import Augmentation, Discriminator, Estimator, Generator, Spec
from ..interfaces.networks import AugmentationModule, EstimatorModule, find_lack
from ..recipe.recipe import Recipe
from ..recipe.settings import Optimiser
from .ema import Ema
from .frozen_parts import learned_state, learning_parameters, load_learned_state, misfit
from .layers import lowest_layers
from .optimisers import load_optimiser_tensors, make_optimiser, optimiser_tensors, set_rates
from .random_streams import stream_seed

T = TypeVar("T")


class Players:
    """The networks of a game.

    Attributes:
        generator: the generator's network.
        discriminator: the discriminator's network.
        augmentations: what stands before the discriminator.
        estimator: how the generator learns through its samples.
        ema: the moving average of the generator.
        learning: the parameters of each player that learn.
        optimisers: what moves them.

    Args:
        recipe: every choice.
        spec: what samples are like.
        device: where to train.

    Raises:
        UsageError: if a component cannot be built for such samples, or builds what lacks something.
    """

    def __init__(self, recipe: Recipe, spec: Spec, device: torch.device) -> None:
        self._recipe, self._spec, self._device = recipe, spec, device

        # The players are drawn from one stream, in this order.
        torch.manual_seed(stream_seed(recipe.training.seed, "weights", 0))
        self.generator = self._build(recipe.generator)
        self.discriminator = self._build(recipe.discriminator)
        self.augmentations = [cast(AugmentationModule, self._build(choice)) for choice in recipe.augmentations]
        self.estimator = cast(EstimatorModule, self._build(recipe.estimator))
        self._fitting(recipe.loss.check, f"loss {recipe.loss.name}")

        for parameter in lowest_layers(self.discriminator, recipe.base.freeze_discriminator if recipe.base else 0):
            parameter.requires_grad_(False)

        # What moves them, and the average of what they were.
        self.ema = Ema(self.generator)
        self.learning = {
            "generator": [*self.generator.parameters()],
            "discriminator": [part for part in learning_parameters(self.discriminator) if part.requires_grad],
        }
        self.optimisers = {
            "generator": make_optimiser(recipe.generator_optimiser.at(0.0), self.learning["generator"]),
            "discriminator": make_optimiser(recipe.discriminator_optimiser.at(0.0), self.learning["discriminator"]),
        }

    @property
    def playing(self) -> list[nn.Module]:
        """All the networks that take part in a turn."""
        return [self.generator, self.discriminator, *self.augmentations, self.estimator]

    def follow_schedules(self, recipe: Recipe, step: int, progress: float) -> None:
        """Give the optimisers the rates of a step.

        Args:
            recipe: as it is planned now.
            step: steps taken.
            progress: the share of the run that is done.
        """
        training = recipe.training.at(progress)
        for player, optimiser in self.optimisers.items():
            choice: Optimiser = getattr(recipe, f"{player}_optimiser").at(progress)
            pretrains = player == "generator" and step < training.pretraining_steps and training.pretrain_lr
            set_rates(optimiser, lr=training.pretrain_lr if pretrains else choice.lr, choice=choice)

    def state(self) -> dict[str, Tensor]:
        """Return everything that training changes, as named tensors."""
        tensors: dict[str, Tensor] = {}
        for prefix, module in self._modules().items():
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in learned_state(module).items()}
        for player, optimiser in self.optimisers.items():
            tensors |= optimiser_tensors(optimiser, f"optimiser.{player}")
        return tensors

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Go on from a state.

        Raises:
            UsageError: if the state is of other networks.
        """
        for prefix, module in self._modules().items():
            own = {
                name.removeprefix(f"{prefix}."): value
                for name, value in tensors.items()
                if name.startswith(f"{prefix}.")
            }
            if wrong := misfit(module, own):
                shape = "×".join(str(side) for side in self._spec.shape)
                raise UsageError(
                    f"the checkpoint does not fit the recipe's {prefix} for samples of {shape}: {wrong}; "
                    f"go on with data of the same size and kind, or start a new run"
                )
            load_learned_state(module, own)
        for player, optimiser in self.optimisers.items():
            load_optimiser_tensors(optimiser, f"optimiser.{player}", tensors)

    def _modules(self) -> dict[str, nn.Module]:
        augmentations = {f"augmentation{number}": module for number, module in enumerate(self.augmentations)}
        return {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "ema": self.ema.network,
            "estimator": self.estimator,
            **augmentations,
        }

    def _build(self, component: Generator | Discriminator | Augmentation | Estimator) -> nn.Module:
        module = self._fitting(component.build, component.kind)
        if lack := find_lack(component, module):
            raise UsageError(f"{component.kind} {component.name}: {lack}")
        placed: nn.Module = module.to(self._device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return placed

    def _fitting(self, ask: Callable[[Spec], T], what: str) -> T:
        try:
            return ask(self._spec)
        except ValueError as error:
            raise UsageError(f"{what} does not fit dataset {self._recipe.dataset.name}: {error}") from None
