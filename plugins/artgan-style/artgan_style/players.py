"""The components: names, options and what they serve. Torch is imported when a network is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn

SIDES = 4, 1024
"""The shortest and the longest side of pictures that are served, in pixels."""
MAX_STRETCH = 4
"""How many times as long as the other a side of a picture may be."""


@dataclass(frozen=True)
class StyleGenerator(Generator):
    """StyleGAN2's generator, thin: each layer takes a style, so that shape, form and colour can come from other works.

    A mapping network makes styles of latents, which weigh the channels that convolutions see; noise beside them draws
    what is left to chance; and what each size adds to the pixels is summed up. At any height and width up to 1024
    pixels. A truncation draws styles to their mean, or to that of the class.
    """

    name = "style"
    representation = "pixels"
    provides = frozenset({"sample-gradient", "styles"})
    paper = "Karras et al. 2020, arXiv:1912.04958"
    opponent = "residual"
    conditional = True
    width: int = option(12, "channels at full size; each halving doubles them, up to sixteen times", min=1)
    depth: int = option(2, "layers of the mapping network", min=1, max=16)
    noise: bool = option(True, "add noise to each layer, for hair, grain and foliage; flat drawings do without")
    mixing: float = option(0.5, "share of samples that are trained with the styles of two latents", min=0, max=1)

    def build(self, spec: Spec) -> nn.Module:
        from .style_generator import StyleNetwork

        return StyleNetwork(
            _shape(spec),
            latent=self.latent,
            width=self.width,
            depth=self.depth,
            noise=self.noise,
            mixing=self.mixing,
            classes=len(spec.classes),
        )


@dataclass(frozen=True)
class ResidualDiscriminator(Discriminator):
    """StyleGAN2's discriminator, thin: residual blocks, and a map that tells how far the samples of a batch differ.

    It judges sharply and soon knows few pictures by heart: give it the penalty `r1` and an augmentation.
    """

    name = "residual"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    paper = "Karras et al. 2020, arXiv:1912.04958; Karras et al. 2018, arXiv:1710.10196"
    width: int = option(12, "channels at full size; each halving doubles them, up to sixteen times", min=1)

    def build(self, spec: Spec) -> nn.Module:
        from .residual import ResidualNetwork

        return ResidualNetwork(_shape(spec), width=self.width, classes=len(spec.classes))


@dataclass(frozen=True)
class R3Generator(Generator):
    """R3GAN's generator, thin: residual blocks of grouped convolutions, bilinear resampling, nothing normalised.

    It wants its discriminator `r3`, the relativistic loss and the penalties `r1` and `r2`, which preset `r3` chooses.
    """

    name = "r3"
    representation = "pixels"
    provides = frozenset({"sample-gradient"})
    paper = "Huang et al. 2024, arXiv:2501.05441"
    opponent = "r3"
    conditional = True
    width: int = option(8, "channels at full size; each halving doubles them, up to sixteen times", min=1)
    blocks: int = option(1, "residual blocks at each size", min=1, max=16)

    def build(self, spec: Spec) -> nn.Module:
        from .r3 import R3GeneratorNetwork

        shape, classes = _shape(spec), len(spec.classes)
        return R3GeneratorNetwork(shape, latent=self.latent, width=self.width, blocks=self.blocks, classes=classes)


@dataclass(frozen=True)
class R3Discriminator(Discriminator):
    """R3GAN's discriminator, thin: the mirror image of its generator, without spectral norm or batch statistics."""

    name = "r3"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    paper = "Huang et al. 2024, arXiv:2501.05441"
    width: int = option(8, "channels at full size; each halving doubles them, up to sixteen times", min=1)
    blocks: int = option(1, "residual blocks at each size", min=1, max=16)

    def build(self, spec: Spec) -> nn.Module:
        from .r3 import R3DiscriminatorNetwork

        return R3DiscriminatorNetwork(_shape(spec), width=self.width, blocks=self.blocks, classes=len(spec.classes))


def _shape(spec: Spec) -> tuple[int, int, int]:
    """Return channels, height and width of pictures.

    Raises:
        ValueError: for what is not served.
    """
    return spec.picture_shape(sides=SIDES, stretch=MAX_STRETCH)
