"""Pictures layer by layer: a generator whose layers each take a style, and the discriminator it plays against."""

from __future__ import annotations

import artgan
from artgan.interfaces import Discriminator, Generator, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generator."""
    from .players import StyleGenerator

    return [StyleGenerator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminator."""
    from .players import ResidualDiscriminator

    return [ResidualDiscriminator]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the preset."""
    from .presets import StylePreset

    return [StylePreset]
