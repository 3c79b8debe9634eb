"""The size that pictures are trained at follows from the pictures, and from where and how long they are trained."""

from __future__ import annotations

import pytest

from artgan.builtin.dataset.folder import Folder
from artgan.builtin.dataset.picture_layout import choose_size
from artgan.interfaces import Machine, PixelSurvey, Span, Survey


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
    ("size", "largest", "chosen"),
    [
        ((640, 640), 128, (128, 128)),
        ((640, 640), 1024, (512, 512)),
        ((127, 127), 128, (64, 64)),
        ((40, 40), 128, (32, 32)),
        ((192, 128), 128, (88, 128)),
    ],
)
def test_more_pixels_are_taken_where_they_are_asked_for_and_there(size, largest, chosen):
    widths, heights = [size[0]] * 5, [size[1]] * 5
    assert choose_size(widths, heights, largest) == chosen


def of_pixels(shorter):
    span = Span(shorter, shorter, shorter)
    pixels = PixelSurvey(
        looked_at=5, widths=span, heights=span, channels=3, colours=9, colours_per_pixel=0.1, flat=0.1, hard_edges=0.1
    )
    return Survey("image", count=5, pixels=pixels)


@pytest.mark.parametrize(
    ("shorter", "device", "minutes", "largest", "reason"),
    [
        (128, "cpu", 8, 64, "have 128 pixels, and more take longer (--minutes 30 or --set dataset.largest=128)"),
        (2000, "cpu", 0, 64, "have 2000 pixels, and more take longer (--minutes 30 or --set dataset.largest=128)"),
        (100, "cpu", 8, 64, "have 100 pixels"),
        (128, "cpu", 30, 128, "have 128 pixels, and there is time for all"),
        (300, "cpu", 45, 128, "have 300 pixels, and more take longer (--set dataset.largest=256)"),
        (300, "cuda", 1, 128, "have 300 pixels, and more take longer (--set dataset.largest=256)"),
        (150, "cuda", 1, 128, "have 150 pixels"),
    ],
)
def test_how_large_pictures_are_trained_at_follows_from_machine_and_minutes_and_is_said(
    shorter, device, minutes, largest, reason
):
    choice = Folder().suit(of_pixels(shorter), Machine(device=device), minutes)
    assert choice.tables == {"dataset": {"largest": largest}}
    assert choice.reason == f"the pictures {reason}"


@pytest.mark.parametrize(
    ("options", "survey"),
    [
        ({"size": "96"}, of_pixels(128)),
        ({"largest": 256}, of_pixels(500)),
        ({}, of_pixels(64)),
        ({}, Survey("image", count=0)),
    ],
    ids=["a size is set", "the largest is set", "no larger pictures", "unknown"],
)
def test_where_nothing_is_open_nothing_is_decided(options, survey):
    assert Folder(**options).suit(survey, Machine(), 60) is None
