"""The rules of the game: what the players minimise, and what stands between them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..components import Component, option
from .data import Spec

if TYPE_CHECKING:
    from torch import Generator as RandomStream
    from torch import Tensor, nn


class Round:
    """One round of the game, as losses and penalties see it; logits are computed on first use.

    Attributes:
        real: real samples, (B, ...).
        fake: generated samples, (B, ...).
        latents: what the fakes were generated from, (B, latent).
        real_labels: class indices of the reals, (B,), or None.
        fake_labels: class indices of the fakes, (B,), or None.
        discriminate: augments samples and returns their logits; takes samples and labels.
        weigh: as ``discriminate``, but returns the logits (B, L, K) that other tokens would have at each place; takes
            these as well, (B, L, K) or None for all. Given where the discriminator gives ``token-logits``.
    """

    def __init__(
        self,
        *,
        real: Tensor,
        fake: Tensor,
        latents: Tensor,
        real_labels: Tensor | None,
        fake_labels: Tensor | None,
        discriminate: Callable[[Tensor, Tensor | None], Tensor],
        mixed: bool,
        weigh: Callable[[Tensor, Tensor | None, Tensor | None], Tensor] | None = None,
    ) -> None:
        self.real, self.fake, self.latents = real, fake, latents
        self.real_labels, self.fake_labels = real_labels, fake_labels
        self.discriminate, self.weigh = discriminate, weigh
        self._mixed = mixed

    @cached_property
    def _both(self) -> tuple[Tensor, Tensor]:
        import torch

        labels = None
        if self.real_labels is not None and self.fake_labels is not None:
            labels = torch.cat([self.real_labels, self.fake_labels])
        logits = self.discriminate(torch.cat([self.real, self.fake]), labels)
        return logits[: len(self.real)], logits[len(self.real) :]

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, (B,) or (B, L); shown in one batch mixed with the fakes."""
        return self._both[0]

    @cached_property
    def fake_logits(self) -> Tensor:
        """The logits of the fakes, (B,) or (B, L)."""
        if self._mixed or "_both" in self.__dict__:
            return self._both[1]
        return self.discriminate(self.fake, self.fake_labels)


@dataclass(frozen=True)
class Loss(Component):
    """The adversarial loss: what each player minimises.

    Both methods return one value for each logit, pair or sample, without averaging.
    """

    kind = "loss"

    def check(self, spec: Spec) -> None:
        """Check that it fits the data, before the first step.

        Raises:
            ValueError: saying why it does not.
        """
        return

    @abstractmethod
    def discriminator(self, round: Round) -> Tensor:
        """Return what the discriminator minimises."""

    @abstractmethod
    def generator(self, round: Round) -> Tensor:
        """Return what the generator minimises, the discriminator being frozen."""


@dataclass(frozen=True)
class Penalty(Component):
    """A term added to the discriminator's loss.

    With an interval of n it is computed every n-th step and multiplied by n (lazy regularisation, Karras et al. 2020).
    """

    kind = "penalty"
    needs = frozenset({"double-backward"})
    interval: int = option(1, "steps from one computation to the next", min=1)

    @abstractmethod
    def value(self, round: Round, random: RandomStream) -> Tensor:
        """Return the penalty of each sample, (B,); ``round.real`` and ``round.fake`` require gradients.

        Args:
            round: the discriminator's turn.
            random: the stream to draw from; nothing else may be random.
        """


@dataclass(frozen=True)
class Augmentation(Component):
    """A random change applied to real and fake samples alike before the discriminator."""

    kind = "augmentation"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the module: ``forward(samples (B, ...), random) -> samples`` of the same shape, differentiable.

        What it must remember from step to step it keeps in buffers. ``random`` is the ``torch.Generator`` (on the CPU)
        to draw from.
        """


@dataclass(frozen=True)
class Estimator(Component):
    """How the generator learns through its samples."""

    kind = "estimator"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return a module with the methods ``generate`` and ``objective``, its state in buffers.

        ``generate(generator, latents, labels)`` returns the fakes as the discriminator sees them.
        ``objective(values, round)`` turns the loss's values into the scalar that is differentiated; it follows the
        ``generate`` of the same fakes. Where the module has a method ``begin(progress)``, it is called before each
        step with the share of the run that is done, for schedules. Where it has a method ``view(round)``, the loss
        for the generator is computed of what that returns, and so is the objective; where it has a method
        ``show(round)``, the loss for the discriminator is computed of what that returns.
        """
