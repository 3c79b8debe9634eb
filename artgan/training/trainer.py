"""The game: a generator and a discriminator take turns.

Goodfellow et al. 2014 (arXiv:1406.2661), algorithm 1, with the generator learning from the fakes that the discriminator
has just been shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..errors import UsageError
from ..interfaces import Data, Modality, Round, Spec
from ..recipe.recipe import Recipe
from ..recipe.settings import Optimiser
from .data_order import DataOrder
from .ema import Ema
from .held_out import training_rows
from .memory import release_pages
from .optimisers import load_optimiser_tensors, make_optimiser, optimiser_tensors, set_learning_rate
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
        ema: the moving average of the generator.
        steps: the number of steps taken.

    Args:
        recipe: every choice; its budget in steps is what the learning rates decay over.
        data: the real samples.
        modality: turns compact samples into what the networks see.
        device: where to train.

    Raises:
        UsageError: if a component cannot be built for this data.
    """

    def __init__(self, *, recipe: Recipe, data: Data, modality: Modality, device: torch.device) -> None:
        self.recipe, self.data, self.modality, self.device = recipe, data, modality, device
        self.seed = recipe.training.seed
        self.steps = 0
        torch.manual_seed(stream_seed(self.seed, "weights", 0))
        self.generator: Any = self._built(recipe.generator.build, "generator")
        self.discriminator: Any = self._built(recipe.discriminator.build, "discriminator")
        self.augmentations = [self._built(choice.build, "augmentation") for choice in recipe.augmentations]
        self.estimator: Any = self._built(recipe.estimator.build, "estimator")
        self._checked(recipe.loss.check, f"loss {recipe.loss.name}")
        self.ema = Ema(self.generator, recipe.training.ema)
        self.optimisers = {
            "generator": make_optimiser(recipe.generator_optimiser, self.generator),
            "discriminator": make_optimiser(recipe.discriminator_optimiser, self.discriminator),
        }
        self._sees_batches = any(isinstance(module, _BatchNorm) for module in self.discriminator.modules())
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

    def step(self) -> None:
        """Take one step: the discriminator's updates, then the generator's; the first steps may pre-train instead."""
        self._seed_networks()
        self._decay_learning_rates()
        if self.steps < self.recipe.training.pretrain:
            self._pretrain()
        else:
            self._play()
        self.steps += 1
        self.ema.update(self.steps)

    def _pretrain(self) -> None:
        real, labels = self._draw_real(0)
        self._descend("generator", self._pretraining_loss(real, labels))

    def _pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        with self._precision():
            values = self.generator.pretraining_loss(real, labels)
        self._note(loss_pretraining=values)
        return cast(Tensor, values.float().mean())

    def _play(self) -> None:
        if hasattr(self.estimator, "begin"):
            self.estimator.begin(self.steps / self.recipe.training.steps)
        for turn in range(self.recipe.discriminator_optimiser.updates):
            real, labels = self._draw_real(turn)
            latents, fake = self._generate(labels, f"discriminator {turn}")
            self._update_discriminator(real, fake.detach(), latents, labels, turn)
        for turn in range(self.recipe.generator_optimiser.updates):
            if turn > 0:
                latents, fake = self._generate(labels, f"generator {turn}")
            self._update_generator(real, fake, latents, labels, turn)

    def _draw_real(self, turn: int) -> tuple[Tensor, Tensor | None]:
        number = self.steps * self.recipe.discriminator_optimiser.updates + turn
        indices = self.rows[self.order.indices(number)]
        real = self.modality.to_float(torch.from_numpy(self.data.samples[indices]).to(self.device))
        if number % RELEASE_EVERY == 0:
            release_pages(self.data.samples)
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[indices]).to(self.device)
        return _channels_last(real), labels

    def _generate(self, labels: Tensor | None, turn: str) -> tuple[Tensor, Tensor]:
        shape = self.recipe.training.batch, self.recipe.generator.latent
        latents = torch.randn(shape, generator=self._stream(f"latents {turn}")).to(self.device)
        with self._precision():
            return latents, self.estimator.generate(self.generator, latents, labels).float()

    def _update_discriminator(
        self, real: Tensor, fake: Tensor, latents: Tensor, labels: Tensor | None, turn: int
    ) -> None:
        due = [penalty for penalty in self.recipe.penalties if self.steps % penalty.interval == 0]
        if due:
            real, fake = real.requires_grad_(), fake.requires_grad_()
        round = self._round(real, fake, latents, labels, f"discriminator {turn}", mixed=True)
        shown = self.estimator.show(round) if hasattr(self.estimator, "show") else round
        loss = self.recipe.loss.discriminator(shown).mean()
        self._note(loss_discriminator=loss, logit_real=shown.real_logits, logit_fake=shown.fake_logits)
        for penalty in due:
            value = penalty.value(round, self._stream(f"penalty {penalty.name} {turn}")).mean()
            loss = loss + penalty.interval * value
            self._note(**{f"penalty_{penalty.name}": value})
        self._descend("discriminator", loss)

    def _update_generator(self, real: Tensor, fake: Tensor, latents: Tensor, labels: Tensor | None, turn: int) -> None:
        with frozen(self.discriminator):
            mixed = self._sees_batches
            round = self._round(real.detach(), fake, latents, labels, f"generator {turn}", mixed=mixed)
            if hasattr(self.estimator, "view"):
                round = self.estimator.view(round)
            values = self.recipe.loss.generator(round)
            self._note(loss_generator=values)
            loss = self.estimator.objective(values, round)
            if self.recipe.training.likelihood:
                loss = loss + self.recipe.training.likelihood * self._pretraining_loss(round.real, labels)
            self._descend("generator", loss)

    def _round(
        self, real: Tensor, fake: Tensor, latents: Tensor, labels: Tensor | None, turn: str, *, mixed: bool
    ) -> Round:
        streams = [self._stream(f"augmentation {number} {turn}") for number in range(len(self.augmentations))]

        def discriminate(samples: Tensor, labels: Tensor | None) -> Tensor:
            for augmentation, random in zip(self.augmentations, streams, strict=True):
                samples = augmentation(samples, random)
            with self._precision():
                logits: Tensor = self.discriminator(samples, labels)
            return logits.float()

        def weigh(samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
            for augmentation, random in zip(self.augmentations, streams, strict=True):
                samples = augmentation(samples, random)
            with self._precision():
                return cast(Tensor, self.discriminator.every_token(samples, labels, tokens).float())

        return Round(
            real=real,
            fake=fake,
            latents=latents,
            real_labels=labels,
            fake_labels=labels,
            discriminate=discriminate,
            mixed=mixed,
            weigh=weigh,
        )

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

    def _decay_learning_rates(self) -> None:
        training = self.recipe.training
        factor = 1.0
        if training.decay:
            factor = min(1.0, (1 - self.steps / training.steps) / training.decay)
        rates = {
            "generator": self.recipe.generator_optimiser.lr,
            "discriminator": self.recipe.discriminator_optimiser.lr,
        }
        if self.steps < training.pretrain and training.pretrain_lr:
            rates["generator"] = training.pretrain_lr
        for player, optimiser in self.optimisers.items():
            set_learning_rate(optimiser, rates[player] * factor)

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
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}
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
            try:
                module.load_state_dict(own)
            except RuntimeError as error:
                reason = str(error).split("\n")[0]
                raise UsageError(f"the checkpoint does not fit the recipe's {prefix}: {reason}") from None
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

    def _built(self, build: Callable[[Spec], nn.Module], kind: str) -> nn.Module:
        module = self._checked(build, kind)
        return module.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def _checked(self, ask: Callable[[Spec], T], what: str) -> T:
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
