"""Pictures layer by layer: StyleGAN2's players, whose generator's layers each take a style, and those of R3GAN."""

from __future__ import annotations

import artgan
from artgan.interfaces import Discriminator, Generator, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generators."""
    from .players import R3Generator, StyleGenerator

    return [StyleGenerator, R3Generator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminators."""
    from .players import R3Discriminator, ResidualDiscriminator

    return [ResidualDiscriminator, R3Discriminator]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the presets."""
    from .presets import R3Preset, StylePreset

    return [StylePreset, R3Preset]
