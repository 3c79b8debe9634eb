"""Striped cloths in harmonious colours, and a loss: a whole plugin for artgan in one file."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import artgan
from artgan import option
from artgan.interfaces import Data, Dataset, Loss, Round, Spec, Workspace

if TYPE_CHECKING:
    from torch import Tensor

ARTGAN_API = 1

HARMONIES = {"analogous": (0, 1 / 12, -1 / 12), "complementary": (0, 1 / 2), "triadic": (0, 1 / 3, 2 / 3)}
"""The hues of each harmony, as parts of the colour wheel away from the first."""


@dataclass(frozen=True)
class Palette(Dataset):
    """Striped cloths, each in the hues of one harmony: analogous, complementary or triadic."""

    name = "palette"
    modality = "image"
    provides = frozenset({"labels"})
    size: int = option(32, "height and width of a picture, in pixels", min=8, max=256)
    stripes: int = option(6, "stripes in a picture", min=2, max=64)
    count: int = option(3000, "how many pictures there are", min=1, max=100_000)
    seed: int = option(0, "what the pictures are drawn from", min=0)

    def open(self, workspace: Workspace) -> Data:
        import numpy as np

        random = np.random.default_rng(self.seed)
        labels = random.integers(0, len(HARMONIES), self.count)
        samples = np.empty((self.count, 3, self.size, self.size), np.uint8)
        for sample, harmony in zip(samples, (list(HARMONIES.values())[label] for label in labels), strict=True):
            first, edges = random.random(), np.sort(random.integers(0, self.size, self.stripes - 1))
            for place in np.split(np.arange(self.size), edges):
                hue = (first + harmony[random.integers(len(harmony))]) % 1
                colour = colorsys.hls_to_rgb(hue, random.uniform(0.3, 0.8), random.uniform(0.5, 0.9))
                sample[:, :, place] = np.rint(255 * np.array(colour)).astype(np.uint8)[:, None, None]
        return Data(
            spec=Spec("image", samples.shape[1:], tuple(HARMONIES)),
            samples=samples,
            labels=labels,
            fingerprint=hashlib.sha256(samples.tobytes() + labels.tobytes()).hexdigest(),
            title=f"{self.count:,} striped cloths",
            licence="CC0-1.0",
            source="made by artgan-palette",
        )


@dataclass(frozen=True)
class Pearson(Loss):
    """Pearson's chi-squared divergence.

    With the logit v = D(·) and the conjugate f*(v) = v^2 / 4 + v. Discriminator: f*(D(G(z))) - D(x). Generator:
    -D(G(z)), as in the paper's section 3.2; or -f*(D(G(z))), the divergence itself.
    """

    name = "pearson"
    paper = "Nowozin et al. 2016, arXiv:1606.00709"
    generator_minimises: str = option("logit", "what the generator makes small", choices=("logit", "divergence"))

    def discriminator(self, turn: Round) -> Tensor:
        return _conjugate(turn.fake_logits) - turn.real_logits

    def generator(self, turn: Round) -> Tensor:
        fake = turn.fake_logits
        return -fake if self.generator_minimises == "logit" else -_conjugate(fake)


def _conjugate(v: Tensor) -> Tensor:
    return v.square() / 4 + v


@artgan.hookimpl
def register_datasets() -> list[type[Dataset]]:
    """Offer the dataset."""
    return [Palette]


@artgan.hookimpl
def register_losses() -> list[type[Loss]]:
    """Offer the loss."""
    return [Pearson]
