"""The plugin keeps to artgan's contract; it must be installed for this."""

from __future__ import annotations

import pytest
from artgan_music.dataset import Abc, Midi, Tunes
from artgan_music.modality import Music
from artgan_music.models import TuneDiscriminator, TuneGenerator
from artgan_music.preset import TunesPreset

from artgan import testing


def test_it_loads_quickly():
    testing.check_imports("artgan_music")


@pytest.mark.parametrize("options", [{}, {"echo": False}])
def test_the_players_conform(options):
    testing.check_generator(TuneGenerator(width=8, **options))
    testing.check_discriminator(TuneDiscriminator(width=8, **options))


def test_the_modality_and_the_preset_conform():
    testing.check_modality(Music())
    testing.check_preset(TunesPreset)


def test_the_datasets_conform():
    for dataset in (Tunes(book="irish"), Abc, Midi):
        testing.check_dataset(dataset)
