"""A discriminator that learns something of real samples beside judging them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from artgan.interfaces import Discriminator, Spec


class MeanNetwork(nn.Module):
    """Judges by the mean, and learns what that of real samples is."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.mean = nn.Parameter(torch.ones(())), nn.Parameter(torch.zeros(()))
        self.shown = list[Tensor]()

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        return self.weight * samples.flatten(1).mean(1)

    def self_supervised_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        self.shown.append(real.detach().clone())
        return (real.flatten(1).mean(1) - self.mean).square()


@dataclass(frozen=True)
class SelfSupervised(Discriminator):
    """Knows the mean of real samples."""

    name = "self-supervised"

    def build(self, spec: Spec) -> nn.Module:
        return MeanNetwork()
