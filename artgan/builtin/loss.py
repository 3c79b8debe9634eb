"""The built-in adversarial losses.

D is the logit of a sample, x a real and G(z) a generated one; sigma is the logistic function. Each formula is what is
averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Loss, Round, Spec

from .functional import softplus

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Bce(Loss):
    """Cross-entropy with the non-saturating generator.

    Discriminator: -(1 - s) log sigma(D(x)) - s log(1 - sigma(D(x))) - log(1 - sigma(D(G(z)))), with the one-sided label
    smoothing s of Salimans et al. 2016 (arXiv:1606.03498). Generator: -log sigma(D(G(z))).
    """

    name = "bce"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    provides = frozenset({"log-ratio"})
    smoothing: float = option(0.0, "one-sided label smoothing: reals have the target 1 - smoothing", min=0, max=0.5)

    def discriminator(self, turn: Round) -> Tensor:
        real, fake = turn.real_logits, turn.fake_logits
        return (1 - self.smoothing) * softplus(-real) + self.smoothing * softplus(real) + softplus(fake)

    def generator(self, turn: Round) -> Tensor:
        return softplus(-turn.fake_logits)


@dataclass(frozen=True)
class Minimax(Loss):
    """Cross-entropy as the zero-sum game it was first written as.

    Discriminator: -log sigma(D(x)) - log(1 - sigma(D(G(z)))). Generator: log(1 - sigma(D(G(z)))), whose gradient fades
    while the discriminator is ahead.
    """

    name = "minimax"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661, eq. 1"
    provides = frozenset({"log-ratio"})

    def discriminator(self, turn: Round) -> Tensor:
        return softplus(-turn.real_logits) + softplus(turn.fake_logits)

    def generator(self, turn: Round) -> Tensor:
        return -softplus(turn.fake_logits)


@dataclass(frozen=True)
class Mse(Loss):
    """Cross-entropy for the discriminator, mean squared error to real samples for the generator.

    Discriminator: -log sigma(D(x)) - log(1 - sigma(D(G(z)))). Generator: the mean of (x - G(z))^2 over the values of a
    sample, each fake against the real that it was shown with. It draws the generator to the mean of the data.
    """

    name = "mse"
    requires = frozenset({"sample-gradient"})

    def check(self, spec: Spec) -> None:
        if spec.ends:
            raise ValueError("it compares samples place by place, but these are of unequal length; try loss bce")

    def discriminator(self, turn: Round) -> Tensor:
        return softplus(-turn.real_logits) + softplus(turn.fake_logits)

    def generator(self, turn: Round) -> Tensor:
        return (turn.real - turn.fake).square().flatten(1).mean(1)


@dataclass(frozen=True)
class Lsgan(Loss):
    """Least squares.

    Discriminator: ((D(x) - 1)^2 + D(G(z))^2) / 2. Generator: (D(G(z)) - 1)^2 / 2.
    """

    name = "lsgan"
    paper = "Mao et al. 2017, arXiv:1611.04076, eq. 9"

    def discriminator(self, turn: Round) -> Tensor:
        return ((turn.real_logits - 1).square() + turn.fake_logits.square()) / 2

    def generator(self, turn: Round) -> Tensor:
        return (turn.fake_logits - 1).square() / 2


@dataclass(frozen=True)
class Hinge(Loss):
    """Hinge loss.

    Discriminator: max(0, 1 - D(x)) + max(0, 1 + D(G(z))). Generator: -D(G(z)).
    """

    name = "hinge"
    paper = "Lim and Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957"

    def discriminator(self, turn: Round) -> Tensor:
        return (1 - turn.real_logits).relu() + (1 + turn.fake_logits).relu()

    def generator(self, turn: Round) -> Tensor:
        return -turn.fake_logits


@dataclass(frozen=True)
class Wgan(Loss):
    """Wasserstein loss.

    Discriminator: D(G(z)) - D(x). Generator: -D(G(z)). It wants a discriminator whose slope is bounded: by the penalty
    `gp`, or by spectral normalisation.
    """

    name = "wgan"
    paper = "Arjovsky et al. 2017, arXiv:1701.07875"

    def discriminator(self, turn: Round) -> Tensor:
        return turn.fake_logits - turn.real_logits

    def generator(self, turn: Round) -> Tensor:
        return -turn.fake_logits


@dataclass(frozen=True)
class Relativistic(Loss):
    """Relativistic pairing loss, RpGAN.

    Discriminator: -log sigma(D(x) - D(G(z))). Generator: -log sigma(D(G(z)) - D(x)).
    """

    name = "relativistic"
    paper = "Jolicoeur-Martineau 2018, arXiv:1807.00734; Huang et al. 2024, arXiv:2501.05441"

    def discriminator(self, turn: Round) -> Tensor:
        return softplus(turn.fake_logits - turn.real_logits)

    def generator(self, turn: Round) -> Tensor:
        return softplus(turn.real_logits - turn.fake_logits)
