"""`artgan directions`: finds, names and prints them."""

from __future__ import annotations

import json

import pytest

from artgan.artworks.model_file import read_header


def test_prints_each_with_how_much_it_changes_and_where_they_are_kept(hung):
    done = hung("directions", "bars", "-n", 3, "--name", "2=weight")
    assert done.code == 0, done.err
    heading, *rows = [line.split("\t") for line in done.out.splitlines()]
    assert heading == ["direction", "name", "change"]
    assert [row[:2] for row in rows] == [["1", ""], ["2", "weight"], ["3", ""]]
    assert [float(row[2]) for row in rows] == sorted((float(row[2]) for row in rows), reverse=True)
    assert done.err.splitlines()[-1] == "gallery/bars/model.safetensors"


def test_prints_json_for_programs(hung, tmp_path):
    told = json.loads(hung("directions", "bars", "-n", 2, "--json").out)
    assert told == read_header(tmp_path / "gallery/bars/model.safetensors")["directions"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--name", "weight"), "cannot read --name weight: write NUMBER=NAME, as in 2=weight"),
        (("--name", "2=a b"), "'a b' cannot be the name of a direction"),
        (("-n", "2", "--name", "wight=heavy"), "no direction is called 'wight'"),
        (("-n", "9"), "a latent of this model has 8 numbers"),
    ],
)
def test_says_in_one_line_what_is_wrong_and_keeps_nothing(hung, tmp_path, arguments, reason):
    before = (tmp_path / "gallery/bars/model.safetensors").read_bytes()
    refused = hung("directions", "bars", *arguments)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert reason in refused.err
    assert (tmp_path / "gallery/bars/model.safetensors").read_bytes() == before
