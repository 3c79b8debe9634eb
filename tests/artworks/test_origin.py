"""Where a work comes from: its latent, the name of its file, and what its record tells."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from artgan.artworks.direction import Move
from artgan.artworks.latents import child, latents
from artgan.artworks.origin import Origin, SeedStart, WorkStart, are_recordable
from artgan.artworks.walk import Walk
from artgan.builtin.generator import CnnGenerator
from artgan.errors import ArtganError

WORK = WorkStart(9, 1, "abcdef0123", (0.5, -1.5, 2.0))
SEEDED = Origin(7, truncation=0.5, label=2, sampling={"temperature": 0.8})
BRED = Origin(4, parents=(SeedStart(3), WORK), sampling={"temperature": 0.8})
SOUGHT = Origin(9, own_latent=(0.25, 0.5, 1.0), picture="0123456789")
MOVED = Origin(7, truncation=0.5, moves=(Move("weight", 2.5, (0.6, 0.0, -0.8)), Move("2", -1.0, (0.0, 1.0, 0.0))))
ORIGINS = pytest.mark.parametrize("origin", [SEEDED, BRED, SOUGHT, MOVED])


def record(origin, **changes):
    """What a file tells of an origin."""
    told = {**origin.to_record(), "sampling": origin.sampling}
    return json.loads(json.dumps(told)) | changes


class TestLatent:
    def test_is_that_of_the_seed_truncated(self):
        assert np.array_equal(SEEDED.latent(5), 0.5 * latents(7, 5).astype(np.float64))

    def test_is_that_of_the_child_of_both_parents(self):
        expected = child(latents(3, 3).astype(np.float64), np.array(WORK.own_latent), 4)
        assert np.array_equal(BRED.latent(3), expected)
        assert np.array_equal(replace(BRED, truncation=2.0).latent(3), 2 * expected)

    def test_is_its_own(self):
        assert SOUGHT.latent(3).tolist() == [0.25, 0.5, 1.0]
        assert SOUGHT.latent(3).dtype == np.float64

    def test_is_moved_from_where_truncation_leads(self):
        expected = 0.5 * latents(7, 3).astype(np.float64) + 2.5 * np.array([0.6, 0.0, -0.8]) - np.array([0.0, 1.0, 0.0])
        assert np.array_equal(MOVED.latent(3), expected)

    def test_of_a_move_must_be_of_the_models_size(self):
        with pytest.raises(ArtganError, match="a direction in the record has 3 numbers, and this model takes 5"):
            MOVED.latent(5)

    def test_of_a_parent_must_be_of_the_models_size(self):
        with pytest.raises(ArtganError, match="has 3 numbers, and this model takes 5"):
            BRED.latent(5)


class TestFileName:
    def test_tells_seed_and_whatever_is_not_usual(self):
        assert Origin(7).stem({}) == "seed-00000007"
        assert SEEDED.stem({"temperature": 0.8}) == "seed-00000007-psi-0.5-class-2-temperature-0.8"

    def test_tells_moves_of_many_by_a_digest(self):
        assert MOVED.stem({}) == "seed-00000007-psi-0.5-weight-2.5-direction-2--1.0"
        many = tuple(Move(f"a-rather-long-name-{number}", 1.0, (1.0,)) for number in range(20))
        assert len(Origin(7, moves=many).stem({})) < 50

    def test_tells_parents(self):
        assert BRED.stem({}) == "child-00000004-of-3-and-work-abcdef01"

    def test_tells_picture_and_latent(self):
        assert SOUGHT.stem({}) == "projection-01234567-542a9445"
        assert replace(SOUGHT, own_latent=(0.25, 0.5, 1.5)).stem({}) != SOUGHT.stem({})


class TestRecord:
    @ORIGINS
    def test_brings_everything_back(self, origin):
        assert Origin.from_record(record(origin)) == origin

    def test_of_a_seed_never_changes(self):
        told = '{"seed": 7, "parents": [], "latent": [], "picture": "", "truncation": 0.5, "label": 2}'
        assert json.dumps(SEEDED.to_record()) == told

    def test_of_parents_never_changes(self):
        told = '[3, {"seed": 9, "label": 1, "pixels": "abcdef0123", "latent": [0.5, -1.5, 2.0]}]'
        assert json.dumps(BRED.to_record()["parents"]) == told

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"seed": 2**64}, "seed or truncation out of range"),
            ({"truncation": 0}, "seed or truncation out of range"),
            ({"parents": [3]}, "tells of 1 parents"),
            ({"parents": [3, 2**64]}, "parent out of range"),
            ({"latent": [1e39]}, "latent in its record is out of range"),
            ({"latent": [0.0] * 8193}, "latent in its record is out of range"),
            ({"latent": [0.5], "parents": [3, 8]}, "one or neither"),
        ],
    )
    def test_that_cannot_be_is_refused(self, changes, reason):
        with pytest.raises(ArtganError, match=reason):
            Origin.from_record(record(SEEDED, **changes))


def test_latents_of_two_works_must_fit_into_one_record():
    half, more = (WorkStart(0, None, "", (0.0,) * size) for size in (4096, 4097))
    assert are_recordable([half, SeedStart(2**64 - 1), half])
    assert not are_recordable([half, more])
    assert not are_recordable([SeedStart(2**64)])
    assert not are_recordable([WorkStart(0, None, "", (1e39,))])


class TestOfAModel:
    def test_has_the_class_of_its_seed_or_of_its_first_parent(self, model):
        classed = replace(
            model, generator=CnnGenerator(classes=True), spec=replace(model.spec, classes=("a", "b", "c"))
        )
        assert classed.origin(7).label == 1
        assert classed.origin(7, parents=(SeedStart(8), SeedStart(1))).label == 2
        assert classed.origin(7, parents=(WORK, SeedStart(0))).label == 1
        assert classed.origin(7, label=2).label == 2
        assert Walk.of(classed, (SeedStart(5), SeedStart(0)), 2).label == 2

    def test_has_no_class_where_there_are_none(self, model):
        assert model.origin(7) == Origin(7)

    def test_is_made_as_its_seed_is_rendered(self, model):
        origin = model.origin(7, truncation=0.5)
        assert np.array_equal(model.make(origin), model.render([7], truncation=0.5)[0])


class TestWalk:
    def test_leads_through_the_truncated_latents_of_its_stops(self):
        walk = Walk((SeedStart(3), WORK, SeedStart(8)), 5, truncation=0.5)
        found = list(walk.latents(3))
        assert len(found) == 5
        for place, stop in zip((0, 2, 4), walk.stops, strict=True):
            assert np.allclose(found[place], 0.5 * stop.latent(3), atol=1e-12)

    def test_names_its_file_by_its_stops(self):
        assert Walk((SeedStart(3), WORK), 4, truncation=0.9).stem({}) == "walk-3-work-abcdef01-4-psi-0.9"

    def test_of_many_stops_has_a_name_that_file_systems_take_and_that_others_do_not_have(self):
        walks = [Walk(tuple(SeedStart(seed) for seed in range(100, last)), 200) for last in (190, 191)]
        stems = [walk.stem({}) for walk in walks]
        assert stems[0].startswith("walk-100-and-89-more-")
        assert stems[0] != stems[1]
        assert max(map(len, stems)) < 200
