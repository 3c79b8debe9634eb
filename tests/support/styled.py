"""A plugin in one file: a generator of six layers, each of which takes a style."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import artgan
from artgan.interfaces import Generator, Spec

LAYERS = 6


class Network(nn.Module):
    """Adds up what each layer makes of its style."""

    def __init__(self, latent: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(latent, math.prod(shape)) for _ in range(LAYERS))
        self.shape = shape

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.draw(self.styles(latents, labels))

    def styles(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        return latents[:, None].expand(-1, LAYERS, -1)

    def draw(self, styles: Tensor) -> Tensor:
        made = [layer(style) for layer, style in zip(self.layers, styles.unbind(1), strict=True)]
        return torch.stack(made).sum(0).tanh().view(-1, *self.shape)


@dataclass(frozen=True)
class Styled(Generator):
    """Adds up what each layer makes of its style."""

    name = "styled"
    representation = "pixels"
    provides = frozenset({"sample-gradient", "styles"})
    latent: int = artgan.option(4, "numbers in a latent", min=1)

    def build(self, spec: Spec) -> nn.Module:
        return Network(self.latent, spec.shape)


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    return [Styled]
