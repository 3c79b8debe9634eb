"""Art from a hundred pictures: a generator that learns fast, discriminators that have seen the world, and a preset."""

from __future__ import annotations

import artgan
from artgan.interfaces import Discriminator, Generator, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generator."""
    from .players import FastGenerator

    return [FastGenerator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminators."""
    from .players import CombinedDiscriminator, ProjectedDiscriminator

    return [ProjectedDiscriminator, CombinedDiscriminator]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the preset."""
    from .presets import FewShot

    return [FewShot]
