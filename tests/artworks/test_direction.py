"""Directions are known by number and by name, kept in a model's file, and moved along."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from artgan.artworks import model_file
from artgan.artworks.direction import Direction, Move, directions_in, find_direction, move_along, renamed, with_names
from artgan.artworks.model import Model
from artgan.errors import ArtganError, UsageError

AXES = tuple(tuple(float(row == column) for column in range(8)) for row in range(8))
FOUND = (Direction(AXES[0], 4.0, "weight"), Direction(AXES[1], 3.0), Direction(AXES[2], 2.0, "größe"))


class TestFinding:
    def test_is_by_name_or_by_number(self):
        assert [find_direction(FOUND, wanted) for wanted in ("weight", "1", "2", "größe")] == [0, 0, 1, 2]

    @pytest.mark.parametrize(
        ("wanted", "told"), [("wieght", "did you mean 'weight'"), ("0", "known"), ("4", "known: 2"), ("", "known")]
    )
    def test_names_the_closest_of_one_that_is_not_there(self, wanted, told):
        with pytest.raises(UsageError, match=f"no direction is called '{wanted}'.*{told}"):
            find_direction(FOUND, wanted)


class TestMoving:
    def test_tells_the_name_or_else_the_number(self):
        assert move_along(FOUND, "1", 2.5) == Move("weight", 2.5, AXES[0])
        assert move_along(FOUND, "2", -1) == Move("2", -1.0, AXES[1])

    @pytest.mark.parametrize("by", [10.1, float("inf"), float("nan")])
    def test_has_bounds(self, by):
        with pytest.raises(UsageError, match="is out of range"):
            move_along(FOUND, "weight", by)


class TestNaming:
    def test_is_kept_by_those_found_anew_that_lead_the_same_way_or_back(self):
        back, near = (
            tuple(-number for number in AXES[0]),
            tuple(0.95 * a + 0.3 * b for a, b in zip(*AXES[1:3], strict=True)),
        )
        anew = with_names([Direction(near, 5.0), Direction(back, 4.0), Direction(AXES[7], 1.0)], FOUND)
        assert [direction.name for direction in anew] == ["", "weight", ""]  # of what was size, nothing leads that way
        assert anew[1].vector == AXES[0]

    def test_is_by_number_or_by_the_name_before(self):
        assert [direction.name for direction in renamed(FOUND, {"2": "size", "weight": ""})] == ["", "size", "größe"]
        assert renamed(FOUND, {"weight": "größe", "größe": "weight"})[0].name == "größe"

    @pytest.mark.parametrize(
        ("names", "told"),
        [
            ({"2": "weight"}, "two directions cannot both be called weight"),
            ({"2": "2"}, "cannot be the name"),
            ({"2": "a/b"}, "cannot be the name"),
            ({"2": "a" * 33}, "cannot be the name"),
            ({"4": "a"}, "no direction"),
        ],
    )
    def test_refuses_what_would_not_be_found_or_written(self, names, told):
        with pytest.raises(UsageError, match=told):
            renamed(FOUND, names)


class TestModelFile:
    def test_keeps_them_and_is_of_the_same_weights(self, model, registry, tmp_path):
        directed = replace(model, directions=FOUND)
        directed.save(tmp_path / "m.safetensors")
        read = Model.load(tmp_path / "m.safetensors", registry)
        assert read.directions == FOUND
        assert read.weights_digest == model.weights_digest

    def test_of_before_has_none(self, model, registry, tmp_path):
        model.save(tmp_path / "m.safetensors")
        assert "directions" not in model_file.read_header(tmp_path / "m.safetensors")
        assert Model.load(tmp_path / "m.safetensors", registry).directions == ()

    @pytest.mark.parametrize(
        "wrong",
        [
            5,
            [5],
            [{"name": "a", "change": 1.0, "vector": [1.0]}],
            [{"name": "a", "change": 1.0, "vector": [0.5] * 8}],
            [{"name": "<b>", "change": 1.0, "vector": AXES[0]}],
            [{"name": "a", "change": 1.0, "vector": AXES[0]}] * 2,
            [{"name": "", "change": 1.0, "vector": AXES[0]}] * 33,
        ],
    )
    def test_of_a_stranger_with_directions_that_cannot_be_is_refused(self, model, registry, tmp_path, wrong):
        path = tmp_path / "m.safetensors"
        model.save(path)
        model_file.write(
            path, model_file.read_header(path) | {"directions": json.loads(json.dumps(wrong))}, model.weights
        )
        with pytest.raises(
            ArtganError, match=f"{re.escape(str(path))} is damaged or no model of artgan's: .*directions"
        ):
            Model.load(path, registry)


def test_are_those_of_the_first_file_that_tells_of_some(model, tmp_path):
    (tmp_path / "damaged").write_text("damaged")
    model.save(tmp_path / "none")
    replace(model, directions=FOUND).save(tmp_path / "some")
    assert directions_in([tmp_path / name for name in ("missing", "damaged", "none", "some")], 8) == FOUND
    assert directions_in([tmp_path / "some"], 4) == ()  # of a latent of another size
