"""The components: names, options and what they serve. Torch is imported when a network is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn

SIZES = (32, 64, 128)


def _shape(spec: Spec) -> tuple[int, int]:
    """Return channels and size of the pictures, which are square and of one of `SIZES`."""
    channels, height, width = spec.shape
    if height != width or height not in SIZES:
        sizes = ", ".join(f"{size}x{size}" for size in SIZES)
        raise ValueError(f"makes pictures of {sizes}, not {width}x{height}: give the dataset one of these as its size")
    return channels, height


@dataclass(frozen=True)
class ResnetGenerator(Generator):
    """Residual generator for pictures of 32, 64 or 128 pixels a side, conditional on classes.

    A linear layer to 4 x 4, then a residual block for each doubling (bilinear upsampling, batch norm, ReLU, 3 x 3
    convolutions), then tanh. With classes, gain and bias of each batch norm are those of the class (Dumoulin et al.
    2016, arXiv:1610.07629).
    """

    name = "resnet"
    representation = "pixels"
    provides = frozenset({"sample-gradient"})
    paper = "Miyato et al. 2018, arXiv:1802.05957"
    opponent = "resnet"
    conditional = True
    width: int = option(16, "channels at full size; each halving doubles them, up to eight times", min=1)

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ResidualGenerator

        channels, size = _shape(spec)
        return ResidualGenerator(self.latent, channels, size, self.width, len(spec.classes))


@dataclass(frozen=True)
class ResnetDiscriminator(Discriminator):
    """Residual discriminator for pictures of 32, 64 or 128 pixels a side, with projection of classes.

    A residual block for each halving down to 4 x 4 and one more, all spectrally normalised, then the sum over places.
    With classes, the inner product of the features with an embedding of the class is added to the logit (Miyato and
    Koyama 2018, arXiv:1802.05637).
    """

    name = "resnet"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    paper = "Miyato et al. 2018, arXiv:1802.05957"
    width: int = option(16, "channels at full size; each halving doubles them, up to eight times", min=1)

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ResidualDiscriminator

        channels, size = _shape(spec)
        return ResidualDiscriminator(channels, size, self.width, len(spec.classes))
