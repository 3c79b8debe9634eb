"""The built-in image generators and discriminators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn


def _image_shape(spec: Spec) -> tuple[int, int, int]:
    channels, height, width = spec.shape
    if not 1 <= channels <= 4:
        raise ValueError(f"images have 1 to 4 channels, not {channels}")
    return channels, height, width


@dataclass(frozen=True)
class CnnGenerator(Generator):
    """Convolutional generator for images of any height and width (the DCGAN family)."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434"
    modalities = frozenset({"image"})
    gives = frozenset({"sample-gradient"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("batch", "normalisation between the layers", choices=("batch", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ConvGenerator

        return ConvGenerator(_image_shape(spec), self.latent, self.width, self.norm)


@dataclass(frozen=True)
class MlpGenerator(Generator):
    """Fully connected generator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    modalities = frozenset({"image"})
    gives = frozenset({"sample-gradient"})
    opponent = "mlp"
    width: int = option(512, "units in each hidden layer", min=1)
    depth: int = option(3, "hidden layers", min=1, max=32)

    def build(self, spec: Spec) -> nn.Module:
        from .networks import MlpGenerator as Network

        return Network(_image_shape(spec), self.latent, self.width, self.depth)


@dataclass(frozen=True)
class CnnDiscriminator(Discriminator):
    """Convolutional discriminator for images of any height and width."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434; Miyato et al. 2018, arXiv:1802.05957"
    modalities = frozenset({"image"})
    gives = frozenset({"double-backward"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "batch", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ConvDiscriminator

        return ConvDiscriminator(_image_shape(spec), self.width, self.norm)


@dataclass(frozen=True)
class MlpDiscriminator(Discriminator):
    """Fully connected discriminator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    modalities = frozenset({"image"})
    gives = frozenset({"double-backward"})
    width: int = option(256, "units in each hidden layer", min=1)
    depth: int = option(2, "hidden layers", min=1, max=32)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import MlpDiscriminator as Network

        return Network(_image_shape(spec), self.width, self.depth, self.norm)
