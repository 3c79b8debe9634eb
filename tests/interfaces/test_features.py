"""What pictures are looked at through is named, checked, and called FID only where it is the pinned network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from support.corner import PICTURES, Corner, Published, Retrained, means

from artgan import ArtganError
from artgan.interfaces import FeatureExtractor, Features, Metric


def features_of(extract):
    @dataclass(frozen=True)
    class Made(Corner):
        """Features."""

        def build(self):
            return extract

    return FeatureExtractor(Made())


class TestFeatureExtractor:
    def test_every_number_carries_the_features_and_their_options(self):
        assert FeatureExtractor(Corner()).named("KID") == "KID (corner-v2)"
        assert FeatureExtractor(Corner(layer=3)).named("Fréchet") == "Fréchet (corner-v2:layer=3)"

    def test_only_the_pinned_inception_is_called_fid(self):
        names = ("Fréchet", "KID", "Inception Score", "recall")
        assert [FeatureExtractor(Published()).named(name) for name in names] == [
            "FID", "KID", "Inception Score", "recall (corner-v2)",
        ]  # fmt: skip
        assert not any(FeatureExtractor(Retrained()).named(name) in ("FID", "KID", "Inception Score") for name in names)

    def test_pictures_are_looked_at_in_batches_and_progress_is_told(self):
        told, seen = [], []

        def extract(pictures):
            seen.append(len(pictures))
            return means(pictures)

        look = features_of(extract)
        assert np.array_equal(look(PICTURES, "looking", lambda *told_of: told.append(told_of)), means(PICTURES))
        assert seen == [64, 64, 2]
        assert told == [("looking", done, 130) for done in (0, 64, 128, 130)]

    @pytest.mark.parametrize(
        ("extract", "phrase"),
        [
            (lambda pictures: means(pictures) / np.zeros(1), "corner-v2 are not finite: 384 of 384"),
            (lambda pictures: means(pictures)[1:], r"shape \(63, 6\) where it must be \(64, 6\)"),
            (lambda pictures: means(pictures)[:, 0], r"shape \(64,\) where it must be \(64, D\)"),
            (lambda pictures: means(pictures)[:, None], r"shape \(64, 1, 6\)"),
            (lambda pictures: means(pictures)[:, :0], r"shape \(64, 0\)"),
            (lambda pictures: means(pictures)[:, : 1 + len(pictures) % 5], r"shape \(2, 3\) where it must be \(2, 5\)"),
            (lambda pictures: means(pictures).astype(int), "an array of int64: they must be float64"),
            (lambda pictures: means(pictures).tolist(), "gave list"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:(divide by zero|invalid value)")
    def test_what_is_no_features_is_refused_in_one_line(self, extract, phrase):
        with pytest.raises(ArtganError, match=phrase) as raised:
            features_of(extract)(PICTURES)
        assert "\n" not in str(raised.value)

    def test_the_built_in_features_are_what_their_name_stands_for(self, registry):
        looking = FeatureExtractor(registry.parse(Features, "random-v1"))
        assert looking.record() == {
            "name": "random-v1",
            "digest": "4e023d2f39aa54474f945a9fd8ac442cdb4e7eeacaf8d396ebf26797fc2d36b1",
            "size": 64,
            "resize": "bilinear, antialiased",
        }

    def test_the_judge_of_a_training_carries_their_name_too(self, registry):
        measured = registry.parse(Metric, "frechet").measure(PICTURES[:60], PICTURES[60:])
        assert list(measured) == ["Fréchet distance (random-v1)"]
