"""Music for artgan: tunes that nobody wrote, from MIDI or ABC."""

from __future__ import annotations

import artgan
from artgan.interfaces import Dataset, Discriminator, Generator, Metric, Modality, Preset

ARTGAN_API = 1


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the generators."""
    from .models import ChorusGenerator, TuneGenerator

    return [TuneGenerator, ChorusGenerator]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the discriminators."""
    from .models import ChorusDiscriminator, TuneDiscriminator

    return [TuneDiscriminator, ChorusDiscriminator]


@artgan.hookimpl
def register_datasets() -> list[type[Dataset]]:
    """Offer the datasets."""
    from .dataset import Abc, Midi, Tunes
    from .scores import Scores

    return [Tunes, Abc, Midi, Scores]


@artgan.hookimpl
def register_metrics() -> list[type[Metric]]:
    """Offer the metrics."""
    from .metric import METRICS
    from .piece_metric import PIECE_METRICS

    return [*METRICS, *PIECE_METRICS]


@artgan.hookimpl
def register_modalities() -> list[type[Modality]]:
    """Offer the modalities."""
    from .modality import Music
    from .polyphony import Polyphony

    return [Music, Polyphony]


@artgan.hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the presets."""
    from .preset import ChorusPreset, TunesPreset

    return [TunesPreset, ChorusPreset]
