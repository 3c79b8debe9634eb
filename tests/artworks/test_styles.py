"""Layers take the styles of other seeds, by names of groups or by numbers, and works say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import support.styled
import torch
from support.styled import LAYERS, Styled

from artgan.artworks.batches import Batches
from artgan.artworks.direction import Direction, Move
from artgan.artworks.latents import latents
from artgan.artworks.leading_directions import find_directions, measure_directions
from artgan.artworks.model import Model
from artgan.artworks.origin import Origin, SeedStart
from artgan.artworks.styles import Mix, groups_of, layers_of, named_by_layers
from artgan.artworks.walk import Walk, walk_works
from artgan.artworks.work import make_works, read_work, remake, start_from
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError, UsageError
from artgan.plugins.loader import load_plugins

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

    def test_gives_these_layers_the_latent_of_the_other_seed(self, styled):
        one, other = (0.5 * latents(seed, 4) for seed in (3, 8))
        with torch.no_grad():
            styles = torch.from_numpy(np.stack([one] * 4 + [other] * 2).astype(np.float64))[None]
            expected = ImageModality().to_compact(styled.network.draw(styles))[0].numpy()
        assert np.array_equal(styled.make(styled.origin(3, truncation=0.5, mixes=(Mix(8, (5, 6)),))), expected)

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
        with pytest.raises(ArtganError, match="layers 7 to 7 are to be changed, and this model has 6"):
            styled.make(styled.origin(3, mixes=(Mix(8, (7,)),)))
        with pytest.raises(ArtganError, match="generator cnn has no layers whose styles could be changed"):
            model.make(model.origin(3, mixes=(Mix(8, (1,)),)))

    def test_what_needs_one_latent_or_many_at_a_time_says_so(self, styled, tmp_path):
        origin = styled.origin(3, mixes=(Mix(8, (1,)),))
        with pytest.raises(UsageError, match="rendered one by one"):
            make_works(styled, tmp_path, [origin], batches=Batches(styled, torch.device("cpu")))
        (work,) = make_works(styled, tmp_path, [origin])
        with pytest.raises(ArtganError, match="no one latent makes it: give its seed"):
            start_from(work.path, styled)


FINE = Move("fine-1", 2.0, (0.0, 1.0, 0.0, 0.0), (5, 6))


class TestDirectionsOfLayers:
    def test_move_these_layers_alone(self, styled):
        latent = styled.origin(3).latent(4)
        moved = latent + FINE.step(4)
        with torch.no_grad():
            styles = torch.from_numpy(np.stack([latent] * 4 + [moved] * 2))[None]
            expected = ImageModality().to_compact(styled.network.draw(styles))[0].numpy()
        assert np.array_equal(styled.make(styled.origin(3, moves=(FINE,))), expected)

    def test_are_told_by_records_and_kept_in_files(self, styled, tmp_path):
        origin = styled.origin(3, moves=(FINE,))
        (work,) = make_works(styled, tmp_path, [origin])
        assert work.record["moves"][0]["layers"] == [5, 6]
        assert remake(read_work(work.path, ImageModality()), styled).difference == ""
        with pytest.raises(ArtganError, match="layers that are no numbers"):
            Origin.from_record(work.record | {"moves": [{**FINE.to_record(), "layers": ["5"]}]})

        kept = replace(styled, directions=(Direction(FINE.vector, 2.0, "sun", (5, 6)),))
        kept.save(tmp_path / "kept.artgan")
        offered = load_plugins([support.styled.__file__]).registry
        assert Model.load(tmp_path / "kept.artgan", offered).directions == kept.directions

    def test_are_found_for_each_group_and_named_by_it(self, styled):
        found = named_by_layers(find_directions(styled, count=4), LAYERS)
        assert [direction.name for direction in found] == ["coarse-1", "coarse-2", "middle-1", "fine-1"]
        assert [direction.layers for direction in found] == [(1, 2), (1, 2), (3, 4), (5, 6)]
        assert found[0].change > found[1].change
        assert measure_directions(styled, found) == found

    def test_lead_walks_from_one_end_to_the_other(self, styled):
        walk = Walk((SeedStart(3),), 3, along=FINE)
        ends = [styled.make(styled.origin(3, moves=(replace(FINE, by=by),))) for by in (-2.0, 0.0, 2.0)]
        assert all(map(np.array_equal, walk_works(styled, walk), ends))
        moved = Walk((SeedStart(3), SeedStart(4)), 2, moves=(FINE,))
        assert np.array_equal(next(walk_works(styled, moved)), ends[2])
