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


@dataclass(frozen=True)
class Ada(Augmentation):
    """Adaptive augmentation: transforms that become likelier where the discriminator knows the real pictures by heart.

    It watches the signs of their logits. Flips, turns, scaling, shifts and colours are the paper's best; up to a chance
    of 0.8, works do not show them. An oblong picture is turned by halves.
    """

    name = "ada"
    paper = "Karras et al. 2020, arXiv:2006.06676"
    representation = "pixels"
    target: float = option(0.6, "mean sign of the reals' logits at which the strength stays", min=-1, max=1)
    speed: float = option(100.0, "thousand real samples in which the strength goes from 0 to 1", min=0.001)
    initial: float = option(0.0, "chance of each transform at first", min=0, max=1)
    most: float = option(0.8, "largest chance of each transform", min=0, max=1)
    flip: bool = option(True, "mirror left to right")
    turn: bool = option(True, "turn by quarters")
    rotation: bool = option(True, "turn by any angle")
    scaling: bool = option(True, "scale and stretch")
    translation: bool = option(True, "shift")
    color: bool = option(True, "change brightness, contrast, hue and saturation, invert the light")
    filter: bool = option(False, "amplify bands of frequencies")
    cutout: bool = option(False, "blank a rectangle of half of each side")

    def __post_init__(self) -> None:
        if self.initial > self.most:
            raise ValueError(f"initial {self.initial:g} is above most {self.most:g}")

    def build(self, spec: Spec) -> AugmentationModule:
        from .networks.adaptive_augmentation import AdaptiveAugment, Transforms

        transforms = Transforms(
            flip=self.flip,
            turn=self.turn,
            rotation=self.rotation,
            scaling=self.scaling,
            translation=self.translation,
            color=self.color,
            filter=self.filter,
            cutout=self.cutout,
        )
        return AdaptiveAugment(transforms, target=self.target, speed=self.speed, initial=self.initial, most=self.most)
