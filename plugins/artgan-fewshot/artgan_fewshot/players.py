"""The components: names, options and what they serve. Torch is imported when a network is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn

    from .projected import ProjectedNetwork

SIDES = 4, 1024
"""The shortest and the longest side of pictures that are served, in pixels."""
MAX_STRETCH = 4
"""How many times as long as the other a side of a picture may be."""

DIGESTS = (
    "e33921b63c5cc74b3a601d5cc766b8b879c465386172799b22bc3a79208934c9",
    "211f60e96c77db5b5e3f5812975c240d8d7934892584b56376e443bf43e8f3dc",
    "68cf7fcc4b2e1a22aec02c90232ed64a6a4c43d864503efbad91da8a643b053f",
    "1e504fa37599ece6ca896e8600807f06c8ef1b3ab2f8cb1ded6d22877e96b7de",
)
"""Of the stages of EfficientNet-Lite0, whose batch norms are folded into the convolutions."""


@dataclass(frozen=True)
class FastGenerator(Generator):
    """FastGAN's generator, thin: learns in minutes on a processor, at any height and width up to 1024 pixels.

    Nearest neighbours, a 3 x 3 convolution, batch norm and a gated linear unit for each doubling from 4 pixels on, and
    small maps that gate the channels of large ones (skip-layer excitation). Unlike the paper's, it adds no noise; with
    classes the gains and biases of batch norm are those of the class (Dumoulin et al. 2016, arXiv:1610.07629), and
    where it is modulated the latent gives others (Chen et al. 2019, arXiv:1810.01365).
    """

    name = "fast"
    representation = "pixels"
    provides = frozenset({"sample-gradient"})
    paper = "Liu et al. 2021, arXiv:2101.04775"
    opponent = "combined"
    conditional = True
    width: int = option(8, "channels at full size; each halving doubles them, up to sixteen times", min=1)
    modulated: bool = option(False, "let the latent set each channel's gain and bias, which makes works more varied")

    def build(self, spec: Spec) -> nn.Module:
        from .fast_generator import FastNetwork

        classes = len(spec.classes)
        return FastNetwork(
            _shape(spec), latent=self.latent, width=self.width, classes=classes, modulated=self.modulated
        )


@dataclass(frozen=True)
class ProjectedDiscriminator(Discriminator):
    """Judges what a network that was trained on a million photographs sees: EfficientNet-Lite0, frozen.

    The maps after each stage are mixed at random across channels and scales, and a small head judges those of each. It
    sees cloth, wood and leather at once, and neither strokes nor exact colours: for those, take `combined`.
    """

    name = "projected"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    paper = "Sauer et al. 2021, arXiv:2111.01007"
    sees_features = "efficientnet-lite0"
    frozen_prefix: ClassVar[str] = ""
    heads: int = option(16, "channels of the widest maps; the deeper have up to four times as many", min=1)
    scales: int = option(4, "stages of the backbone that are judged", min=2, max=4)
    see: int = option(0, "pixels of the shorter side as the backbone sees it; 0 for its own, 64 to 256", min=0, max=512)
    compares: bool = option(True, "tell each judge how far samples of a batch differ")

    def frozen_digests(self) -> Mapping[str, str]:
        return {f"{self.frozen_prefix}stages.{number}": digest for number, digest in enumerate(DIGESTS[: self.scales])}

    def build(self, spec: Spec) -> nn.Module:
        return self._features(_shape(spec), len(spec.classes))

    def _features(self, shape: tuple[int, int, int], classes: int) -> ProjectedNetwork:
        from .projected import ProjectedNetwork

        return ProjectedNetwork(
            shape, width=self.heads, scales=self.scales, see=self.see, classes=classes, compares=self.compares
        )


@dataclass(frozen=True)
class CombinedDiscriminator(ProjectedDiscriminator):
    """Judges pixels, and beside them what EfficientNet-Lite0 sees, as `projected` does.

    Pixels keep colours, lines and variety right, features bring shapes and materials: their gradient counts little, and
    every other step is often enough for it. A penalty on the gradient sees it scaled too. Each judge is told how far
    samples of a batch differ (Karras et al. 2018, arXiv:1710.10196), which keeps works varied.
    """

    name = "combined"
    frozen_prefix = "projected."
    width: int = option(16, "channels of the pixels' judge at half the size, doubled with each halving", min=1)
    weight: float = option(0.1, "how much the generator learns from each head of features, beside pixels", min=0)
    every: int = option(2, "steps from one in which features are judged, and count the more, to the next", min=1)
    reconstruct: float = option(
        0.0, "how much it counts to draw real pictures from what its judge of pixels sees", min=0
    )

    def eased(self, times: int) -> Self:
        """Return it with a weight of features that was halved so often."""
        return replace(self, weight=0.5**times * self.weight)

    def build(self, spec: Spec) -> nn.Module:
        from .combined import CombinedNetwork, PixelNetwork, ReconstructingNetwork

        shape, classes = _shape(spec), len(spec.classes)
        pixels = PixelNetwork(shape, width=self.width, classes=classes, compares=self.compares)
        features = self._features(shape, classes)
        if not self.reconstruct:
            return CombinedNetwork(pixels, features, weight=self.weight, every=self.every)
        return ReconstructingNetwork(
            pixels,
            features,
            weight=self.weight,
            every=self.every,
            channels=shape[0],
            reconstruct=self.reconstruct,
        )


def _shape(spec: Spec) -> tuple[int, int, int]:
    """Return channels, height and width of pictures.

    Raises:
        ValueError: for what is not served.
    """
    return spec.picture_shape(sides=SIDES, stretch=MAX_STRETCH)
