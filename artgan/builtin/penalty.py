"""The built-in penalties on the discriminator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Penalty, Round

from .functional import squared_gradient

if TYPE_CHECKING:
    from torch import Generator as RandomStream
    from torch import Tensor


@dataclass(frozen=True)
class R1(Penalty):
    """Squared gradient at real samples: gamma / 2 * |grad D(x)|^2."""

    name = "r1"
    paper = "Mescheder et al. 2018, arXiv:1801.04406"
    gamma: float = option(1.0, "weight of the penalty", min=0, schedule=True)

    def value(self, turn: Round, random: RandomStream) -> Tensor:
        return self.gamma / 2 * squared_gradient(turn.real, turn.real_logits)


@dataclass(frozen=True)
class R2(Penalty):
    """Squared gradient at generated samples: gamma / 2 * |grad D(G(z))|^2."""

    name = "r2"
    paper = "Mescheder et al. 2018, arXiv:1801.04406"
    gamma: float = option(1.0, "weight of the penalty", min=0, schedule=True)

    def value(self, turn: Round, random: RandomStream) -> Tensor:
        return self.gamma / 2 * squared_gradient(turn.fake, turn.fake_logits)


@dataclass(frozen=True)
class GradientPenalty(Penalty):
    """Gradient penalty: weight * (|grad D(x~)| - 1)^2, x~ between real and fake."""

    name = "gp"
    paper = "Gulrajani et al. 2017, arXiv:1704.00028"
    weight: float = option(10.0, "weight of the penalty, the paper's lambda", min=0, schedule=True)

    def value(self, turn: Round, random: RandomStream) -> Tensor:
        import torch

        from artgan.interfaces.networks import to_device

        share = to_device(torch.rand(len(turn.real), generator=random), turn.real.device).to(turn.real.dtype)
        share = share.view(-1, *[1] * (turn.real.dim() - 1))
        between = torch.lerp(turn.fake.detach(), turn.real.detach(), share).requires_grad_()
        squared = squared_gradient(between, turn.discriminator(between, turn.real_labels))
        return self.weight * ((squared + 1e-12).sqrt() - 1).square()
