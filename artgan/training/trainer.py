"""The game: a generator and a discriminator take turns.

Goodfellow et al. 2014 (arXiv:1406.2661), algorithm 1, with the generator learning from the fakes that the discriminator
has just been shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..interfaces import Data, Modality
from ..interfaces.networks import (
    DiscriminatorNetwork,
    DrawingGenerator,
    EstimatorModule,
    GeneratorNetwork,
    PretrainableGenerator,
    SelfSupervisedDiscriminator,
    SteppedDiscriminator,
    to_device,
)
from ..recipe.recipe import Recipe
from ..recipe.settings import Optimiser, Training
from .augmented_discriminator import AugmentedDiscriminator, TurnAugmentation
from .buffers import Buffers
from .captured_network import Capture, CapturedNetwork
from .played_round import PlayedRound
from .players import Players
from .processes import ALONE, Processes
from .random_streams import GameStreams
from .real_samples import RealSamples, sees_numbers
from .scalars import Scalars
from .shards import Shards


class Shown(NamedTuple):
    """What a turn shows of one shard: reals (B, ...), class indices (B,) or None, and latents with their fakes."""

    real: Tensor
    labels: Tensor | None
    latents: Tensor
    fake: Tensor


class Trainer:
    """Trains a generator and a discriminator against each other.

    The fakes are shown to the frozen discriminator alone; together with the reals where the loss asks for their logits,
    or where batch norm makes the discriminator judge a sample by its batch, which must then be made up as it was.

    A turn is played shard by shard. Where there is one, the fakes that the discriminator was shown are kept for the
    generator to learn from; where there are several, they are made again, so that memory holds those of one shard.

    Attributes:
        generator: the generator's network.
        discriminator: the discriminator's network.
        augmentations: what stands before the discriminator.
        estimator: how the generator learns through its samples.
        ema: the moving average of the generator.
        optimisers: what moves the players.
        steps: the number of steps taken.

    Args:
        recipe: every choice; its budget in steps is what schedules go over.
        data: the real samples.
        modality: turns compact samples into what the networks see.
        device: where to train.
        processes: those that play the shards of a batch together.
        capture: records what the networks do to be replayed; None has them called as they are written.

    Raises:
        UsageError: if a component cannot be built for this data, or builds what lacks something.
    """

    def __init__(
        self,
        *,
        recipe: Recipe,
        data: Data,
        modality: Modality,
        device: torch.device,
        processes: Processes = ALONE,
        capture: Capture | None = None,
    ) -> None:
        self.recipe, self.data, self.modality, self.device = recipe, data, modality, device
        self.steps = 0

        # Who plays.
        self._players = Players(recipe, data.spec, device)
        self.generator, self.discriminator = self._players.generator, self._players.discriminator
        self.augmentations, self.estimator = self._players.augmentations, self._players.estimator
        self.ema, self.optimisers = self._players.ema, self._players.optimisers
        self._sees_batches = any(
            isinstance(module, _BatchNorm) and module.training for module in self.discriminator.modules()
        )
        self._generator_pass: GeneratorNetwork = self.generator
        self._discriminator_pass: DiscriminatorNetwork = self.discriminator
        if capture:
            self._generator_pass = cast(GeneratorNetwork, CapturedNetwork(self.generator, capture))
            self._discriminator_pass = CapturedNetwork(self.discriminator, capture)

        # What they see, in which parts, and what is logged.
        self._streams = GameStreams(recipe.training.seed, device)
        self._sees_numbers = sees_numbers(recipe)
        self._reals = RealSamples(data, modality, recipe.training, device, as_numbers=self._sees_numbers)
        self._shards = Shards(recipe.training.shards, processes)
        self._scalars = Scalars(self._shards)
        self._kept: Shown | None = None

    def shuffle(self, number: int) -> None:
        """Draw other random numbers from now on, and real samples in another order.

        Args:
            number: which others; 0 for the first ones.
        """
        self._streams.shuffle(number)
        self._reals.shuffle(self._streams.seed)

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

    def precision(self) -> AbstractContextManager[object]:
        """Return the context in which networks are called, in the recipe's arithmetic."""
        if self.recipe.training.precision == "bfloat16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()

    def step(self) -> None:
        """Take one step: the discriminator's updates, then the generator's; the first steps may pre-train instead."""
        self._streams.seed_networks("dropout", self.steps)
        self._players.follow_schedules(self.recipe, self.steps, self.progress)
        if self.steps < self.recipe.training.pretraining_steps:
            self._descend("generator", self._pretraining_turn)
        else:
            self._play()

        decay = self.recipe.training.at(self.progress).ema
        self.steps += 1
        self.ema.update(self.steps, decay)

    def _play(self) -> None:
        self.estimator.begin(self.progress)
        if isinstance(self.discriminator, SteppedDiscriminator):
            way = self.discriminator.begin_step(self.steps)
            if isinstance(self._discriminator_pass, CapturedNetwork):
                self._discriminator_pass.way = way

        for update in range(self.recipe.discriminator_optimiser.updates):
            self._before_fakes, self._judged = Buffers([self.generator]), list[Tensor]()
            self._descend("discriminator", partial(self._discriminator_turn, update))
            self._adapt_augmentations(update)

        with frozen(self.discriminator):
            for update in range(self.recipe.generator_optimiser.updates):
                self._descend("generator", partial(self._generator_turn, update))
        self._kept = None

    def _pretraining_turn(self, shard: int) -> Tensor:
        self._seed_shard("pretraining", shard)
        return self._pretraining_loss(*self._draw_real(0, shard), shard)

    def _discriminator_turn(self, update: int, shard: int) -> Tensor:
        """Return what the discriminator minimises."""
        shown = self._show(update, shard)
        if self._shards.count == 1:
            self._kept = shown
        real, labels, latents, fake = shown._replace(fake=shown.fake.detach())
        del shown

        due = [penalty.at(self.progress) for penalty in self.recipe.penalties if self.steps % penalty.interval == 0]
        if due:
            real, fake = real.requires_grad_(), fake.requires_grad_()

        # Discriminate: reals and fakes in one batch. What is recorded has no gradient of its gradient.
        network = self.discriminator if due else self._discriminator_pass
        self._seed_shard(f"discriminator {update}", shard)
        turn = PlayedRound(
            real=real,
            fake=fake,
            latents=latents,
            real_labels=labels,
            fake_labels=labels,
            discriminator=self._augmented(network, f"discriminator {update}", shard),
            mixed=True,
        )
        seen = self.estimator.discriminator_round(turn, self.generator)
        real_logits, fake_logits = seen.real_logits, seen.fake_logits
        self._judged.append(real_logits.detach())

        # What it minimises.
        loss = self.recipe.loss.discriminator(seen).mean()
        self._scalars.note(shard, loss_discriminator=loss, logit_real=real_logits, logit_fake=fake_logits)
        for penalty in due:
            value = penalty.value(turn, self._stream(f"penalty {penalty.name} {update}", shard)).mean()
            loss = loss + penalty.interval * value
            self._scalars.note(shard, **{f"penalty_{penalty.name}": value})
        if isinstance(self.discriminator, SelfSupervisedDiscriminator):
            learned = cast(DiscriminatorNetwork, self.discriminator.self_supervised_loss)
            value = self._augmented(learned, f"self-supervision {update}", shard)(turn.real.detach(), labels).mean()
            loss = loss + value
            self._scalars.note(shard, loss_self_supervised=value)
        return loss

    def _adapt_augmentations(self, update: int) -> None:
        """Let augmentations adapt to how all shards of an update were judged."""
        updates, batch = self.recipe.discriminator_optimiser.updates, self.recipe.training.batch
        real_logits, seen = self._shards.gather(self._judged), (self.steps * updates + update + 1) * batch
        for choice, augmentation in zip(self.recipe.augmentations, self.augmentations, strict=True):
            for name, value in augmentation.adapt(real_logits, seen).items():
                scalar = {f"{choice.name}_{name}": torch.as_tensor(value, dtype=torch.float32)}
                for shard in self._shards.own:
                    self._scalars.note(shard, **scalar)

    def _generator_turn(self, update: int, shard: int) -> Tensor:
        """Return what the generator minimises; the discriminator is frozen."""
        real, labels, latents, fake = self._show_to_generator(update, shard)

        # Discriminate: the fakes, and the reals where the loss asks for them.
        self._seed_shard(f"generator {update}", shard)
        turn = PlayedRound(
            real=real.detach(),
            fake=fake,
            latents=latents,
            real_labels=labels,
            fake_labels=labels,
            discriminator=self._augmented(self._discriminator_pass, f"generator {update}", shard),
            mixed=self._sees_batches,
        )
        seen = self.estimator.generator_round(turn, self.generator)

        # What it minimises.
        values = self.recipe.loss.generator(seen)
        self._scalars.note(shard, loss_generator=values)
        loss = self.estimator.objective(values, seen, self.generator)
        if likelihood := self.recipe.training.at(self.progress).likelihood:
            loss = loss + likelihood * self._pretraining_loss(turn.real, labels, shard)
        return loss

    def _show(self, update: int, shard: int) -> Shown:
        """Return what the discriminator is shown in an update."""
        real, labels = self._draw_real(update, shard)
        return Shown(real, labels, *self._generate(labels, f"discriminator {update}", shard))

    def _show_to_generator(self, update: int, shard: int) -> Shown:
        """Return what the generator learns from: first the last that the discriminator was shown, then other fakes."""
        last = self.recipe.discriminator_optimiser.updates - 1
        if update == 0:
            if self._kept is None:
                self._before_fakes.restore()
            return self._kept or self._show(last, shard)
        real, labels = self._kept[:2] if self._kept else self._draw_real(last, shard)
        return Shown(real, labels, *self._generate(labels, f"generator {update}", shard))

    def _draw_real(self, update: int, shard: int) -> tuple[Tensor, Tensor | None]:
        return self._reals.draw(self.steps * self.recipe.discriminator_optimiser.updates + update, shard)

    def _generate(self, labels: Tensor | None, turn: str, shard: int) -> tuple[Tensor, Tensor]:
        """Return latents (B, latent), drawn for a turn, and the fakes (B, ...) that the generator makes of them."""
        self._seed_shard(f"fakes {turn}", shard)
        shape = self._reals.shard, self.recipe.generator.latent
        latents = to_device(torch.randn(shape, generator=self._stream(f"latents {turn}", shard)), self.device)
        source = self._generator_pass
        if self._sees_numbers:
            source = cast(DrawingGenerator, self.generator).draw_tokens
        with self.precision():
            fake = self.estimator.generate(source, latents, labels)
        return latents, fake if self._sees_numbers else fake.float()

    def _pretraining_loss(self, real: Tensor, labels: Tensor | None, shard: int) -> Tensor:
        with self.precision():
            values = cast(PretrainableGenerator, self.generator).pretraining_loss(real, labels)
        self._scalars.note(shard, loss_pretraining=values)
        return values.float().mean()

    def _augmented(self, network: DiscriminatorNetwork, turn: str, shard: int) -> AugmentedDiscriminator:
        """Return the discriminator behind the augmentations of one turn, which have random streams of its own."""
        augmentations = [
            TurnAugmentation(
                module=module,
                probability=choice.at(self.progress).probability,
                changes=self._stream(f"augmentation {number} {turn}", shard),
                choices=self._stream(f"probability {number} {turn}", shard),
            )
            for number, (choice, module) in enumerate(zip(self.recipe.augmentations, self.augmentations, strict=True))
        ]
        return AugmentedDiscriminator(network, augmentations, self.precision)

    def _descend(self, player: str, turn: Callable[[int], Tensor]) -> None:
        """Move a player down the mean of what it minimises in each shard of a turn."""
        optimiser, parameters = self.optimisers[player], self._players.learning[player]
        optimiser.zero_grad(set_to_none=True)
        self._shards.differentiate(parameters, self._players.playing, turn)
        choice: Optimiser = getattr(self.recipe, f"{player}_optimiser")
        if choice.clip:
            nn.utils.clip_grad_norm_(parameters, choice.clip)
        optimiser.step()

    def _seed_shard(self, purpose: str, shard: int) -> None:
        """Seed what networks draw in a part of a shard's turn; a batch that is not cut is seeded once a step."""
        if self._shards.count > 1:
            self._streams.seed_networks(f"dropout {purpose}", self.steps, shard)

    def _stream(self, purpose: str, shard: int) -> torch.Generator:
        return self._streams.stream(purpose, self.steps, shard)

    def show(self, compact: Tensor) -> Tensor:
        """Return compact samples (B, ...) as the networks see them."""
        return self._reals.show(compact)

    def read_scalars(self) -> dict[str, float]:
        """Return the mean of each scalar since the last call; this waits for the device."""
        return self._scalars.read()

    def state(self) -> dict[str, Tensor]:
        """Return everything that training changes, as named tensors; with ``steps`` this is all that goes on needs."""
        return self._players.state()

    def load_state(self, tensors: dict[str, Tensor], steps: int) -> None:
        """Go on from a state.

        Raises:
            UsageError: if the state is of other networks.
        """
        self._players.load_state(tensors)
        self.steps = steps


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
