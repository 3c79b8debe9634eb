"""The built-in augmentations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Augmentation, Spec

if TYPE_CHECKING:
    from artgan.interfaces.networks import AugmentationModule


@dataclass(frozen=True)
class DiffAug(Augmentation):
    """Differentiable augmentation: colour, translation, cutout."""

    name = "diffaug"
    paper = "Zhao et al. 2020, arXiv:2006.10738"
    representation = "pixels"
    color: bool = option(True, "change brightness, saturation and contrast")
    translation: float = option(0.125, "largest shift, as a share of each side", min=0, max=1)
    cutout: float = option(0.5, "side of the square that is blanked, as a share of each side; 0 for none", min=0, max=1)

    def build(self, spec: Spec) -> AugmentationModule:
        from .networks.pixel_augmentations import DiffAugment

        return DiffAugment(self.color, self.translation, self.cutout)


@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirrors each picture left to right with a chance of one half."""

    name = "flip"
    representation = "pixels"

    def build(self, spec: Spec) -> AugmentationModule:
        from .networks.pixel_augmentations import RandomFlip

        return RandomFlip()
