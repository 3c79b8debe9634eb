"""A discriminator that is another in each step."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from artgan.interfaces import Discriminator, Spec


class SteppedNetwork(nn.Module):
    """Judges by the mean in even steps, and by the spread in odd ones."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.told = nn.Parameter(torch.ones(2)), list[int]()

    def begin_step(self, step: int) -> int:
        self.told.append(step)
        return step % 2

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        flat, odd = samples.flatten(1), self.told[-1] % 2
        return self.weight[odd] * (flat.std(1) if odd else flat.mean(1))


@dataclass(frozen=True)
class Stepped(Discriminator):
    """Judges otherwise in every other step."""

    name = "stepped"

    def build(self, spec: Spec) -> nn.Module:
        return SteppedNetwork()
