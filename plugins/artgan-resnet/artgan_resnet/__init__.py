"""The residual generator and discriminator of SNGAN, conditional on classes, and a preset that trains them."""

from __future__ import annotations

import artgan
from artgan.interfaces import Discriminator, Generator, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generator."""
    from .models import ResnetGenerator

    return [ResnetGenerator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminator."""
    from .models import ResnetDiscriminator

    return [ResnetDiscriminator]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the preset."""
    from .presets import Sngan

    return [Sngan]
