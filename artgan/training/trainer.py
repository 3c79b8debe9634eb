"""The game: a generator and a discriminator take turns.

Goodfellow et al. 2014 (arXiv:1406.2661), algorithm 1, with the generator learning from the fakes that the discriminator
has just been shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..errors import UsageError
from ..interfaces import Augmentation, Data, Discriminator, Estimator, Generator, Modality, Spec
from ..interfaces.networks import AugmentationModule, EstimatorModule, PretrainableGenerator, find_lack
from ..recipe.recipe import Recipe
from ..recipe.settings import Optimiser, Training
from .augmented_discriminator import AugmentedDiscriminator, TurnAugmentation
from .data_order import DataOrder
from .ema import Ema
from .frozen_parts import learned_state, learning_parameters, load_learned_state, misfit
from .held_out import training_rows
from .memory import release_pages
from .optimisers import load_optimiser_tensors, make_optimiser, optimiser_tensors, set_rates
from .played_round import PlayedRound
from .random_streams import stream, stream_seed

T = TypeVar("T")

RELEASE_EVERY = 8
"""How many batches are read from the memory-mapped samples between two times that their pages are given back."""


class Trainer:
    """Trains a generator and a discriminator against each other.

    The fakes are shown to the frozen discriminator alone; together with the reals where the loss asks for their logits,
    or where batch norm makes the discriminator judge a sample by its batch, which must then be made up as it was.

    Attributes:
        generator: the generator's network.
        discriminator: the discriminator's network.
        augmentations: what stands before the discriminator.
        estimator: how the generator learns through its samples.
        ema: the moving average of the generator.
        steps: the number of steps taken.

    Args:
        recipe: every choice; its budget in steps is what schedules go over.
        data: the real samples.
        modality: turns compact samples into what the networks see.
        device: where to train.

    Raises:
        UsageError: if a component cannot be built for this data, or builds what lacks something.
    """

    def __init__(self, *, recipe: Recipe, data: Data, modality: Modality, device: torch.device) -> None:
        self.recipe, self.data, self.modality, self.device = recipe, data, modality, device
        self.seed = recipe.training.seed
        self.steps = 0

        # The players are drawn from one stream, in this order.
        torch.manual_seed(stream_seed(self.seed, "weights", 0))
        self.generator = self._build(recipe.generator)
        self.discriminator = self._build(recipe.discriminator)
        self.augmentations = [cast(AugmentationModule, self._build(choice)) for choice in recipe.augmentations]
        self.estimator = cast(EstimatorModule, self._build(recipe.estimator))
        self._fitting(recipe.loss.check, f"loss {recipe.loss.name}")

        # What moves them, and the average of what they were.
        self.ema = Ema(self.generator)
        self.optimisers = {
            "generator": make_optimiser(recipe.generator_optimiser.at(0.0), self.generator.parameters()),
            "discriminator": make_optimiser(
                recipe.discriminator_optimiser.at(0.0), learning_parameters(self.discriminator)
            ),
        }
        self._sees_batches = any(
            isinstance(module, _BatchNorm) and module.training for module in self.discriminator.modules()
        )

        # What they see, and what is logged.
        self.rows = training_rows(data, recipe.training)
        self.order = DataOrder(self.seed, len(self.rows), recipe.training.batch)
        self._means: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def shuffle(self, number: int) -> None:
        """Draw other random numbers from now on, and real samples in another order.

        Args:
            number: which others; 0 for the first ones.
        """
        root = self.recipe.training.seed
        self.seed = stream_seed(root, "rollback", number) if number else root
        self.order = DataOrder(self.seed, len(self.rows), self.recipe.training.batch)

    @property
    def progress(self) -> float:
        """The share of the run that is done, by which schedules go."""
        return self.steps / (self.recipe.training.schedule_steps or self.recipe.training.steps)

    @property
    def changes_from(self) -> float:
        """The share of the run until which no step depends on how many there are."""
        follows = type(self.estimator).begin is not EstimatorModule.begin
        return 0.0 if follows else self.recipe.changes_from

    def take_plan(self, training: Training) -> None:
        """Go on with another number of steps."""
        self.recipe = replace(self.recipe, training=training)

    def step(self) -> None:
        """Take one step: the discriminator's updates, then the generator's; the first steps may pre-train instead."""
        self._seed_networks()
        self._follow_schedules()
        if self.steps < self.recipe.training.pretraining_steps:
            self._pretrain()
        else:
            self._play()

        decay = self.recipe.training.at(self.progress).ema
        self.steps += 1
        self.ema.update(self.steps, decay)

    def _pretrain(self) -> None:
        real, labels = self._draw_real(0)
        self._descend("generator", self._pretraining_loss(real, labels))

    def _play(self) -> None:
        self.estimator.begin(self.progress)

        for update in range(self.recipe.discriminator_optimiser.updates):
            real, labels = self._draw_real(update)
            latents, fake = self._generate(labels, f"discriminator {update}")
            self._update_discriminator(real, fake.detach(), latents, labels, update)

        for update in range(self.recipe.generator_optimiser.updates):
            if update > 0:
                latents, fake = self._generate(labels, f"generator {update}")
            self._update_generator(real, fake, latents, labels, update)

    def _draw_real(self, update: int) -> tuple[Tensor, Tensor | None]:
        number = self.steps * self.recipe.discriminator_optimiser.updates + update
        indices = self.rows[self.order.indices(number)]
        real = self.modality.to_float(torch.from_numpy(self.data.samples[indices]).to(self.device))
        if number % RELEASE_EVERY == 0:
            release_pages(self.data.samples)
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[indices]).to(self.device)
        return _channels_last(real), labels

    def _generate(self, labels: Tensor | None, turn: str) -> tuple[Tensor, Tensor]:
        """Return latents (B, latent), drawn for a turn, and the fakes (B, ...) that the generator makes of them."""
        shape = self.recipe.training.batch, self.recipe.generator.latent
        latents = torch.randn(shape, generator=self._stream(f"latents {turn}")).to(self.device)
        with self._precision():
            return latents, self.estimator.generate(self.generator, latents, labels).float()

    def _update_discriminator(
        self, real: Tensor, fake: Tensor, latents: Tensor, labels: Tensor | None, update: int
    ) -> None:
        due = [penalty.at(self.progress) for penalty in self.recipe.penalties if self.steps % penalty.interval == 0]
        if due:
            real, fake = real.requires_grad_(), fake.requires_grad_()

        # Discriminate: reals and fakes in one batch.
        turn = PlayedRound(
            real=real,
            fake=fake,
            latents=latents,
            real_labels=labels,
            fake_labels=labels,
            discriminator=self._augmented_discriminator(f"discriminator {update}"),
            mixed=True,
        )
        seen = self.estimator.discriminator_round(turn, self.generator)
        real_logits, fake_logits = seen.real_logits, seen.fake_logits

        # What it minimises.
        loss = self.recipe.loss.discriminator(seen).mean()
        self._note(loss_discriminator=loss, logit_real=real_logits, logit_fake=fake_logits)
        for penalty in due:
            value = penalty.value(turn, self._stream(f"penalty {penalty.name} {update}")).mean()
            loss = loss + penalty.interval * value
            self._note(**{f"penalty_{penalty.name}": value})

        self._descend("discriminator", loss)
        self._adapt_augmentations(real_logits.detach(), update)

    def _adapt_augmentations(self, real_logits: Tensor, update: int) -> None:
        updates, batch = self.recipe.discriminator_optimiser.updates, self.recipe.training.batch
        seen = (self.steps * updates + update + 1) * batch
        for choice, augmentation in zip(self.recipe.augmentations, self.augmentations, strict=True):
            for name, value in augmentation.adapt(real_logits, seen).items():
                self._note(**{f"{choice.name}_{name}": torch.as_tensor(value, dtype=torch.float32)})

    def _update_generator(
        self, real: Tensor, fake: Tensor, latents: Tensor, labels: Tensor | None, update: int
    ) -> None:
        with frozen(self.discriminator):
            # Discriminate: the fakes, and the reals where the loss asks for them.
            turn = PlayedRound(
                real=real.detach(),
                fake=fake,
                latents=latents,
                real_labels=labels,
                fake_labels=labels,
                discriminator=self._augmented_discriminator(f"generator {update}"),
                mixed=self._sees_batches,
            )
            seen = self.estimator.generator_round(turn, self.generator)

            # What it minimises.
            values = self.recipe.loss.generator(seen)
            self._note(loss_generator=values)
            loss = self.estimator.objective(values, seen, self.generator)
            if likelihood := self.recipe.training.at(self.progress).likelihood:
                loss = loss + likelihood * self._pretraining_loss(turn.real, labels)

            self._descend("generator", loss)

    def _pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        with self._precision():
            values = cast(PretrainableGenerator, self.generator).pretraining_loss(real, labels)
        self._note(loss_pretraining=values)
        return values.float().mean()

    def _augmented_discriminator(self, turn: str) -> AugmentedDiscriminator:
        """Return the discriminator of one turn, with random streams of its own."""
        augmentations = [
            TurnAugmentation(
                module=module,
                probability=choice.at(self.progress).probability,
                changes=self._stream(f"augmentation {number} {turn}"),
                choices=self._stream(f"probability {number} {turn}"),
            )
            for number, (choice, module) in enumerate(zip(self.recipe.augmentations, self.augmentations, strict=True))
        ]
        return AugmentedDiscriminator(self.discriminator, augmentations, self._precision)

    def _precision(self) -> AbstractContextManager[object]:
        if self.recipe.training.precision == "bfloat16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()

    def _descend(self, player: str, loss: Tensor) -> None:
        optimiser = self.optimisers[player]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        choice: Optimiser = getattr(self.recipe, f"{player}_optimiser")
        if choice.clip:
            nn.utils.clip_grad_norm_(getattr(self, player).parameters(), choice.clip)
        optimiser.step()

    def _follow_schedules(self) -> None:
        training = self.recipe.training.at(self.progress)
        for player, optimiser in self.optimisers.items():
            choice: Optimiser = getattr(self.recipe, f"{player}_optimiser").at(self.progress)
            pretrains = player == "generator" and self.steps < training.pretraining_steps and training.pretrain_lr
            set_rates(optimiser, lr=training.pretrain_lr if pretrains else choice.lr, choice=choice)

    def _seed_networks(self) -> None:
        """Seed what networks draw from themselves, as dropout does; `torch.manual_seed` would visit every backend."""
        seed = stream_seed(self.seed, "dropout", self.steps)
        torch.default_generator.manual_seed(seed)
        if self.device.type != "cpu":
            torch.get_device_module(self.device).manual_seed(seed)

    def _stream(self, purpose: str) -> torch.Generator:
        return stream(self.seed, purpose, self.steps)

    def _note(self, **values: Tensor) -> None:
        for name, value in values.items():
            mean = value.detach().mean()
            self._means[name] = self._means[name] + mean if name in self._means else mean
            self._counts[name] = self._counts.get(name, 0) + 1

    def read_scalars(self) -> dict[str, float]:
        """Return the mean of each scalar since the last call; this waits for the device."""
        scalars = {name: float(total) / self._counts[name] for name, total in self._means.items()}
        self._means, self._counts = {}, {}
        return scalars

    def state(self) -> dict[str, Tensor]:
        """Return everything that training changes, as named tensors; with ``steps`` this is all that goes on needs."""
        tensors: dict[str, Tensor] = {}
        for prefix, module in self._modules().items():
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in learned_state(module).items()}
        for player, optimiser in self.optimisers.items():
            tensors |= optimiser_tensors(optimiser, f"optimiser.{player}")
        return tensors

    def load_state(self, tensors: dict[str, Tensor], steps: int) -> None:
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
                shape = "×".join(str(side) for side in self.data.spec.shape)
                raise UsageError(
                    f"the checkpoint does not fit the recipe's {prefix} for samples of {shape}: {wrong}; "
                    f"go on with data of the same size and kind, or start a new run"
                )
            load_learned_state(module, own)
        for player, optimiser in self.optimisers.items():
            load_optimiser_tensors(optimiser, f"optimiser.{player}", tensors)
        self.steps = steps

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
        return module.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def _fitting(self, ask: Callable[[Spec], T], what: str) -> T:
        try:
            return ask(self.data.spec)
        except ValueError as error:
            raise UsageError(f"{what} does not fit dataset {self.recipe.dataset.name}: {error}") from None


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Keep a network's parameters out of differentiation."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)


def _channels_last(samples: Tensor) -> Tensor:
    return samples.contiguous(memory_format=torch.channels_last) if samples.dim() == 4 else samples
