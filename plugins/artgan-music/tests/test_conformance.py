"""The plugin keeps to artgan's contract; it must be installed for this."""

from __future__ import annotations

import pytest
from artgan_music.dataset import Abc, Midi, Tunes
from artgan_music.modality import Music
from artgan_music.models import ChorusDiscriminator, ChorusGenerator, TuneDiscriminator, TuneGenerator
from artgan_music.polyphony import Polyphony
from artgan_music.preset import ChorusPreset, TunesPreset
from artgan_music.scores import Scores

from artgan import testing


def test_it_loads_quickly():
    testing.check_imports("artgan_music")


@pytest.mark.parametrize("options", [{}, {"echo": False}])
def test_the_players_conform(options):
    testing.check_generator(TuneGenerator(width=8, **options))
    testing.check_discriminator(TuneDiscriminator(width=8, **options))


def test_the_players_of_several_voices_conform():
    testing.check_generator(ChorusGenerator(width=8, embedding=4))
    testing.check_discriminator(ChorusDiscriminator(width=8, embedding=4))


def test_the_modalities_and_the_presets_conform():
    for modality in (Music(), Polyphony()):
        testing.check_modality(modality)
    for preset in (TunesPreset, ChorusPreset):
        testing.check_preset(preset)


def test_the_datasets_conform():
    for dataset in (Tunes(book="irish"), Abc, Midi, Scores):
        testing.check_dataset(dataset)
