"""Layers take the styles of other seeds, by names of groups or by numbers, and works say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.styled import LAYERS, Styled

from artgan.artworks.batches import Batches
from artgan.artworks.origin import Origin
from artgan.artworks.styles import Mix, groups_of, layers_of
from artgan.artworks.work import make_works, read_work, remake, start_from
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError, UsageError

ALL = tuple(range(1, LAYERS + 1))


@pytest.fixture
def styled(model):
    generator = Styled()
    torch.manual_seed(0)
    weights = generator.build(model.spec).state_dict()
    return replace(model, recipe='[generator]\nname = "styled"\n', generator=generator, weights=weights)


class TestLayers:
    def test_fall_into_thirds(self):
        assert groups_of(10) == {"coarse": (1, 2, 3, 4), "middle": (5, 6, 7), "fine": (8, 9, 10)}
        assert groups_of(2) == {"coarse": (1,), "middle": (2,), "fine": ()}

    @pytest.mark.parametrize(
        ("wanted", "layers"),
        [("coarse", (1, 2)), ("fine", (5, 6)), ("4", (4,)), ("2-4", (2, 3, 4)), ("coarse,6,5-6", (1, 2, 5, 6))],
    )
    def test_are_meant_by_name_and_by_number(self, wanted, layers):
        assert layers_of(wanted, LAYERS) == layers

    @pytest.mark.parametrize("wanted", ["", "rough", "0", "7", "5-7", "4-2", "2-", "coarse,", "1.5"])
    def test_that_are_not_there_are_refused(self, wanted):
        with pytest.raises(UsageError, match=r"names no layers: write coarse, middle, fine, or numbers .*up to 6"):
            layers_of(wanted, LAYERS)


class TestMixing:
    def test_all_layers_are_the_other_work_and_some_are_neither(self, styled):
        one, other = (styled.make(styled.origin(seed, truncation=0.5)) for seed in (3, 8))
        mixed = [styled.make(styled.origin(3, truncation=0.5, mixes=(Mix(8, layers),))) for layers in (ALL, (5, 6))]
        assert np.array_equal(mixed[0], other)
        assert not np.array_equal(mixed[1], one)
        assert not np.array_equal(mixed[1], other)

    def test_takes_the_styles_of_several(self, styled):
        halves = Mix(3, ALL[:3]), Mix(8, ALL[3:])
        expected = styled.make(styled.origin(3, mixes=halves[1:]))
        assert np.array_equal(styled.make(styled.origin(5, mixes=halves)), expected)

    def test_is_told_by_name_and_record_and_made_again(self, styled, tmp_path):
        origin = styled.origin(3, mixes=(Mix(8, (5, 6)), Mix(2**64 - 1, (1, 3))))
        (work,) = make_works(styled, tmp_path, [origin])
        assert work.path.name == "seed-00000003-mix-8-layers-5-6-mix-18446744073709551615-layers-1-3.png"
        assert work.record["mixes"][0] == {"seed": 8, "layers": [5, 6]}
        again = remake(read_work(work.path, ImageModality()), styled)
        assert again.difference == ""
        assert Origin.from_record(work.record) == origin

    @pytest.mark.parametrize(
        "mixes",
        [
            [{"seed": -1, "layers": [1]}],
            [{"seed": 8, "layers": []}],
            [{"seed": 8, "layers": [2, 1]}],
            [{"seed": 8, "layers": [0]}],
            [{"seed": 8, "layers": [1]}, {"seed": 9, "layers": [1]}],
        ],
    )
    def test_a_record_of_what_cannot_be_is_refused(self, styled, mixes):
        record = styled.origin(3).to_record() | {"sampling": {}, "mixes": mixes}
        with pytest.raises(ArtganError, match="its record has a mix of styles out of range"):
            Origin.from_record(record)

    def test_layers_that_a_model_does_not_have_are_refused(self, styled, model):
        with pytest.raises(ArtganError, match="layer 7 is to be mixed, and this model has 6"):
            styled.make(styled.origin(3, mixes=(Mix(8, (7,)),)))
        with pytest.raises(ArtganError, match="generator cnn has no layers whose styles could be changed"):
            model.make(model.origin(3, mixes=(Mix(8, (1,)),)))

    def test_what_needs_one_latent_or_many_at_a_time_says_so(self, styled, tmp_path):
        origin = styled.origin(3, mixes=(Mix(8, (1,)),))
        with pytest.raises(UsageError, match="rendered one by one"):
            make_works(styled, tmp_path, [origin], batches=Batches(styled, torch.device("cpu")))
        (work,) = make_works(styled, tmp_path, [origin])
        with pytest.raises(ArtganError, match="no one latent makes it"):
            start_from(work.path, styled)
