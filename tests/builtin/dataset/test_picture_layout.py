"""The size that pictures are trained at follows from the pictures, and from where and how long they are trained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from artgan import UsageError
from artgan.builtin.dataset.bundled import Tiles
from artgan.builtin.dataset.folder import Folder
from artgan.builtin.dataset.picture_layout import choose_size
from artgan.interfaces import Machine, PixelSurvey, Span, Survey, Workspace

GALLERY = Path(__file__).parents[3] / "gallery"


@pytest.mark.parametrize(
    ("size", "chosen"),
    [
        ((640, 640), (64, 64)),
        ((63, 63), (32, 32)),
        ((28, 28), (32, 32)),
        ((16, 16), (16, 16)),
        ((192, 128), (40, 64)),
        ((128, 192), (64, 40)),
        ((110, 100), (64, 64)),
        ((4000, 100), (8, 64)),
    ],
)
def test_the_automatic_size_suits_the_pictures(size, chosen):
    widths, heights = [size[0]] * 5, [size[1]] * 5
    assert choose_size(widths, heights) == chosen


def test_a_mix_of_portraits_and_landscapes_becomes_square():
    assert choose_size([150, 150, 150, 100, 100], [100, 100, 100, 150, 150]) == (64, 64)


@pytest.mark.parametrize(
    ("size", "max_side", "chosen"),
    [
        ((640, 640), 128, (128, 128)),
        ((640, 640), 1024, (512, 512)),
        ((127, 127), 128, (64, 64)),
        ((40, 40), 128, (32, 32)),
        ((192, 128), 128, (88, 128)),
        ((640, 640), 100, (64, 64)),
        ((20, 20), 16, (16, 16)),
    ],
)
def test_the_longer_side_is_the_largest_power_of_two_that_is_allowed_and_there(size, max_side, chosen):
    widths, heights = [size[0]] * 5, [size[1]] * 5
    assert choose_size(widths, heights, max_side) == chosen


@pytest.mark.parametrize("max_side", [-1, 7, 1025])
def test_a_side_out_of_range_is_refused_with_the_range(max_side):
    with pytest.raises((UsageError, ValueError), match="max_side"):
        Folder.configure({"max_side": max_side})


def of_pixels(shorter):
    span = Span(shorter, shorter, shorter)
    pixels = PixelSurvey(
        looked_at=5, widths=span, heights=span, channels=3, colours=9, colours_per_pixel=0.1, flat=0.1, hard_edges=0.1
    )
    return Survey("image", count=5, pixels=pixels)


@pytest.mark.parametrize(
    ("shorter", "device", "minutes", "max_side", "reason"),
    [
        (128, "cpu", 8, 64, "of their 128 pixels; more by --minutes 30 or --set dataset.max_side=128"),
        (2000, "cpu", 0, 64, "of their 2000 pixels; more by --minutes 30 or --set dataset.max_side=128"),
        (100, "cpu", 8, 64, "64 of their 100 pixels; more by --set dataset.size=96"),
        (100, "cuda", 8, 128, "64 of their 100 pixels; more by --set dataset.size=96"),
        (128, "cpu", 30, 128, "all their 128 pixels"),
        (300, "cpu", 45, 128, "of their 300 pixels; more by --set dataset.max_side=256"),
        (300, "mps", 1, 128, "of their 300 pixels; more by --set dataset.max_side=256"),
        (150, "cuda", 1, 128, "128 of their 150 pixels; more by --set dataset.size=144"),
    ],
)
def test_how_large_pictures_are_trained_at_follows_from_machine_and_minutes_and_is_said(
    shorter, device, minutes, max_side, reason
):
    choice = Folder().choose_for(of_pixels(shorter), Machine(device=device), minutes)
    assert choice.tables == {"dataset": {"max_side": max_side}}
    assert choice.reason == reason


@pytest.mark.parametrize(
    ("options", "survey"),
    [
        ({"size": "96"}, of_pixels(128)),
        ({"max_side": 256}, of_pixels(500)),
        ({}, of_pixels(64)),
        ({}, Survey("image", count=0)),
    ],
    ids=["a size is set", "the most is set", "no larger pictures", "unknown"],
)
def test_where_nothing_is_open_nothing_is_decided(options, survey):
    assert Folder(**options).choose_for(survey, Machine(), 60) is None


def test_of_pictures_that_lie_and_stand_the_shorter_sides_count(tmp_path):
    for number in range(6):
        Image.new("L", (200, 100) if number % 2 else (100, 200), 40 * number).save(tmp_path / f"{number}.png")
    workspace = Workspace(tmp_path / "cache")
    survey = Folder(str(tmp_path)).survey(workspace)
    assert survey.pixels.shorter_side == 100
    decided = Folder(str(tmp_path)).decided(Folder().choose_for(survey, Machine(), 60))
    assert decided.open(workspace).spec.shape == (1, 64, 64)


def test_what_is_chosen_is_no_other_data_than_the_same_size_was_before(tmp_path):
    Image.new("L", (200, 200), 40).save(tmp_path / "a.png")
    workspace = Workspace(tmp_path / "cache")

    def fingerprint(**options):
        return Folder(str(tmp_path), **options).open(workspace).fingerprint

    assert fingerprint() == fingerprint(max_side=64) != fingerprint(max_side=128)
    assert fingerprint(size="64", max_side=128) == fingerprint(size="64")


def test_bundled_pictures_keep_the_fingerprint_by_which_runs_know_them(tmp_path):
    record = json.loads((GALLERY / "tiles/walk.json").read_text())
    tiles = Tiles().open(Workspace(tmp_path))
    assert record["dataset"]["fingerprint"] == tiles.fingerprint
