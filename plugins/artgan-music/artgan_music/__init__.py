"""Music for artgan: tunes that nobody wrote, from MIDI or ABC."""

from __future__ import annotations

import artgan
from artgan.interfaces import Dataset, Discriminator, Generator, Metric, Modality, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generator."""
    from .models import TuneGenerator

    return [TuneGenerator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminator."""
    from .models import TuneDiscriminator

    return [TuneDiscriminator]


@artgan.hookimpl
def register_datasets() -> list[type[Dataset]]:
    """Offer the datasets."""
    from .dataset import Abc, Midi, Tunes

    return [Tunes, Abc, Midi]


@artgan.hookimpl
def register_metrics() -> list[type[Metric]]:
    """Offer the metrics."""
    from .metric import METRICS

    return METRICS


@artgan.hookimpl
def register_modalities() -> list[type[Modality]]:
    """Offer the modality."""
    from .modality import Music

    return [Music]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the preset."""
    from .preset import TunesPreset

    return [TunesPreset]
