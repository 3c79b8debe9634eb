"""A survey tells pixel art from other pictures, grey from coloured, clear from whole, and copies from originals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artgan.interfaces import Data, PixelSurvey, Spec, Survey


def data(samples, **more):
    modality = more.pop("modality", "image")
    spec = more.pop("spec", Spec(modality, tuple(samples.shape[1:])))
    return Data(
        spec=spec, samples=samples, labels=None,
        fingerprint="0" * 64, title="made", licence="CC0-1.0", source="made", **more,
    )  # fmt: skip


def sprites(count=6, side=16, seed=0):
    """Pictures of a few saturated colours, each pixel drawn by itself, uint8 (N, 3, H, W)."""
    random = np.random.default_rng(seed)
    palette = np.array([[0, 0, 0], [255, 255, 255], [220, 40, 30], [30, 60, 200], [250, 210, 40], [20, 130, 60]])
    numbers = random.choice(len(palette), (count, side, side), p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1])
    return palette[numbers].transpose(0, 3, 1, 2).astype(np.uint8)


def resized(pictures, side, resample):
    images = [Image.fromarray(picture.transpose(1, 2, 0)) for picture in pictures]
    return np.stack([np.asarray(image.resize((side, side), resample)).transpose(2, 0, 1) for image in images])


def discs(side=64):
    """White discs on black, drawn large and made small, so that their edges have steps."""
    y, x = np.mgrid[: 8 * side, : 8 * side] / (8 * side)
    pictures = [((x - 0.5) ** 2 + (y - 0.5) ** 2 < radius**2) * np.uint8(255) for radius in (0.2, 0.3, 0.4)]
    images = [Image.fromarray(picture).resize((side, side), Image.Resampling.BOX) for picture in pictures]
    return np.stack([np.asarray(image)[None] for image in images])


def test_pixel_art_is_told_by_few_colours_and_hard_edges():
    seen = PixelSurvey.of(sprites())
    assert seen.pixel_art
    assert seen.colours == 6
    assert seen.hard_edges > 0.7


@pytest.mark.parametrize("times", [2, 3, 8])
def test_pixel_art_enlarged_pixel_by_pixel_is_looked_at_as_it_was(times):
    small, large = (PixelSurvey.of(pictures) for pictures in (sprites(), sprites().repeat(times, 2).repeat(times, 3)))
    assert large.pixel_art
    assert (large.colours_per_pixel, large.flat, large.hard_edges) == (
        small.colours_per_pixel,
        small.flat,
        small.hard_edges,
    )
    assert large.widths.middle == 16 * times


def test_pixel_art_that_was_resized_smoothly_is_no_longer_such():
    assert not PixelSurvey.of(resized(sprites(side=32), 48, Image.Resampling.LANCZOS)).pixel_art


def test_drawings_with_smooth_edges_shades_and_noise_are_no_pixel_art():
    shades = np.broadcast_to(np.arange(64, dtype=np.uint8) * 4, (2, 3, 64, 64))
    noise = np.random.default_rng(0).integers(0, 256, (2, 3, 32, 32), np.uint8)
    assert not any(PixelSurvey.of(pictures).pixel_art for pictures in (discs(), shades, noise))


def test_large_shapes_of_one_colour_are_no_pixel_art_though_their_edges_are_hard():
    flags = np.zeros((2, 3, 48, 48), np.uint8)
    flags[:, 0, :, 16:32], flags[:, 2, :, 32:] = 255, 255
    seen = PixelSurvey.of(flags)
    assert seen.hard_edges == 1
    assert not seen.pixel_art


@pytest.mark.parametrize(
    ("channels", "change", "expected"),
    [
        (1, None, 1),
        (3, None, 1),
        (3, (0, 200), 3),
        (2, None, 1),
        (2, (1, 128), 2),
        (4, (3, 0), 2),
        (4, (0, 200), 3),
    ],
)
def test_channels_are_those_that_say_something(channels, change, expected):
    pictures = np.full((3, channels, 8, 8), 90, np.uint8)
    if channels in (2, 4):
        pictures[:, -1] = 255
    if change:
        pictures[1, change[0], 2, 2] = change[1]
    seen = PixelSurvey.of(pictures)
    assert seen.channels == expected
    assert seen.grey == (expected <= 2)
    assert seen.alpha == (expected in (2, 4))


def test_colours_that_cannot_be_seen_do_not_count():
    pictures = np.random.default_rng(0).integers(0, 256, (1, 4, 8, 8), np.uint8)
    pictures[:, 3] = 0
    seen = PixelSurvey.of(pictures)
    assert (seen.colours, seen.grey, seen.flat) == (1, True, 1)


def test_edges_that_transparency_makes_soft_are_soft():
    alpha = discs()
    icons = np.concatenate([np.full_like(alpha, 200), np.full_like(alpha, 30), np.zeros_like(alpha), alpha], axis=1)
    hard = np.concatenate([icons[:, :3], (alpha > 127) * np.uint8(255)], axis=1)
    assert PixelSurvey.of(icons).hard_edges < 0.1
    assert PixelSurvey.of(hard).hard_edges > 0.9


@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_shares_are_shares_and_turning_a_picture_changes_none(channels, height, width, seed):
    picture = np.random.default_rng(seed).choice(np.array([0, 7, 40, 255], np.uint8), (channels, height, width))
    seen, turned = (PixelSurvey.of([pixels]) for pixels in (picture, picture.transpose(0, 2, 1)[:, ::-1]))
    assert 0 <= seen.flat <= 1
    assert 0 <= seen.hard_edges <= 1
    assert 1 <= seen.colours <= height * width
    assert (seen.colours, seen.flat, seen.hard_edges) == (turned.colours, turned.flat, turned.hard_edges)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_copies_are_samples_less_different_ones(numbers):
    samples = np.array(numbers, np.uint8)[:, None, None, None].repeat(8, 2).repeat(8, 3)
    assert Survey.of(data(samples)).copies == len(numbers) - len(set(numbers))


def test_opened_pictures_are_surveyed_with_their_classes():
    spec = Spec("image", (3, 16, 16), ("hero", "foe"))
    survey = Survey.of(data(sprites(6), spec=spec, held_out=sprites(2)))
    assert (survey.modality, survey.count, survey.held_out, survey.classes) == ("image", 6, 2, ("hero", "foe"))
    assert survey.pixels.pixel_art
    assert survey.tokens is None


def test_opened_texts_are_surveyed_by_length_script_and_number_of_tokens():
    tokens = ("", "a", "ж", "щ")
    spec = Spec("text", (4, 4), (), 4, tokens, {"tokeniser": "char"})
    samples = np.array([[2, 3, 0, 0], [2, 2, 3, 1], [2, 3, 0, 0]], np.uint8)
    survey = Survey.of(data(samples, spec=spec))
    assert survey.pixels is None
    assert survey.copies == 1
    assert (survey.tokens.lengths.low, survey.tokens.lengths.high) == (2, 4)
    assert (survey.tokens.script, survey.tokens.tokeniser, survey.tokens.vocabulary) == ("cyrillic", "char", 4)


def test_samples_of_another_kind_have_but_a_number():
    survey = Survey.of(data(np.zeros((3, 7), np.float32), modality="curve"))
    assert (survey.count, survey.pixels, survey.tokens) == (3, None, None)
