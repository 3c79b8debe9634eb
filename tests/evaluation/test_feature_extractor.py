"""What pictures are looked at through is named, checked, and called FID only where it is the pinned network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from artgan import ArtganError, UsageError, option
from artgan.evaluation.feature_extractor import INCEPTION, Looking
from artgan.evaluation.pictures import METRICS, Judgement, Measurement, PictureJudge, chosen_metrics
from artgan.interfaces import Features, Metric

PICTURES = np.random.default_rng(0).integers(0, 256, (130, 3, 8, 8), dtype=np.uint8)


def means(pictures):
    return pictures.reshape(len(pictures), -1)[:, :6].astype(np.float64)


@dataclass(frozen=True)
class Corner(Features):
    """The first pixels."""

    name = "corner"
    version = "corner-v2"
    size, resize = 8, "none"
    layer: int = option(1, "a layer", min=1)

    def digest(self):
        return "0" * 64

    def build(self):
        return means


@dataclass(frozen=True)
class Published(Corner):
    """Says that it is the pinned Inception, and scores."""

    size, resize = INCEPTION.size, INCEPTION.resize

    def digest(self):
        return INCEPTION.digest

    def scores(self, features):
        return {"Inception Score": float(features.mean())}


@dataclass(frozen=True)
class Retrained(Published):
    """The same with other weights."""

    def digest(self):
        return "1" * 64


def features_of(extract):
    @dataclass(frozen=True)
    class Made(Corner):
        """Features."""

        def build(self):
            return extract

    return Looking(Made())


class TestLooking:
    def test_every_number_carries_the_features_and_their_options(self):
        assert Looking(Corner()).named("KID") == "KID (corner-v2)"
        assert Looking(Corner(layer=3)).named("Fréchet") == "Fréchet (corner-v2:layer=3)"

    def test_only_the_pinned_inception_is_called_fid(self):
        names = ("Fréchet", "KID", "Inception Score", "recall")
        assert [Looking(Published()).named(name) for name in names] == [
            "FID", "KID", "Inception Score", "recall (corner-v2)",
        ]  # fmt: skip
        assert not any(Looking(Retrained()).named(name) in ("FID", "KID", "Inception Score") for name in names)

    def test_pictures_are_looked_at_in_batches_and_progress_is_told(self):
        told, seen = [], []
        look = features_of(lambda pictures: seen.append(len(pictures)) or means(pictures))
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
        looking = Looking(registry.parse(Features, "random-v1"))
        assert looking.record() == {
            "name": "random-v1",
            "digest": "4e023d2f39aa54474f945a9fd8ac442cdb4e7eeacaf8d396ebf26797fc2d36b1",
            "size": 64,
            "resize": "bilinear, antialiased",
        }

    def test_the_judge_of_a_training_carries_their_name_too(self, registry):
        measured = registry.parse(Metric, "frechet").measure(PICTURES[:60], PICTURES[60:])
        assert list(measured) == ["Fréchet distance (random-v1)"]


class TestMetrics:
    def judged(self, features, *metrics):
        return PictureJudge(PICTURES[:50], PICTURES[50:80], lambda *told: None, Looking(features), metrics).judge(
            PICTURES[80:]
        )

    def test_all_is_measured_that_the_features_allow(self):
        names = [row.name for row in self.judged(Published()).measurements]
        assert names[:3] == ["FID", "KID", "precision (corner-v2)"]
        assert "Inception Score" in names
        assert not any("Score" in row.name for row in self.judged(Corner()).measurements)
        assert chosen_metrics((), Looking(Published())) == METRICS

    def test_the_verdict_tells_of_nothing_that_was_not_measured(self):
        def verdict(*metrics):
            return self.judged(Corner(), *metrics).in_words()

        everything = verdict()
        assert everything == f"{verdict('recall')}, {verdict('detail')}; {verdict('copying')}"
        assert verdict("kid") == "measured, not judged"
        assert verdict("copying") == "no copies found among 50"

    @pytest.mark.parametrize(
        ("found", "words"),
        [
            ({"precision": 0.8, "recall": 0.05, "coverage": 0.2}, "of little variety"),
            ({"precision": 0.02, "recall": 0.0, "coverage": 0.0}, "unlike the data"),
            ({"recall": 0.05}, "covering little of the data"),
            ({"precision": 0.02, "recall": 0.5}, "less varied than the data"),
            ({"coverage": 0.8}, "varied"),
            ({"precision": 0.9}, "measured, not judged"),
        ],
    )
    def test_variety_is_told_of_works_that_look_like_the_data(self, found, words):
        rows = tuple(Measurement(f"{name} (corner-v2)", value, 0.1, 0.9, "") for name, value in found.items())
        assert Judgement(rows, None, 100, 50, ()).in_words() == words

    def test_each_metric_tells_how_far_it_is(self):
        told = []
        judge = PictureJudge(PICTURES[:50], PICTURES[50:80], lambda *how_far: told.append(how_far), Looking(Corner()))
        judge.judge(PICTURES[80:])
        ends = {what for what, done, total in told if done == total}
        assert {what for what, _, _ in told} == ends
        for name in ("frechet", "kid", "precision, recall, density, coverage", "detail", "patches", "copying"):
            assert f"{name} of generated pictures" in ends

    def test_no_picture_is_looked_at_for_what_needs_no_features(self):
        def refuse():
            raise AssertionError

        @dataclass(frozen=True)
        class Blind(Corner):
            """Cannot see."""

            def build(self):
                return lambda pictures: refuse()

        assert [row.name for row in self.judged(Blind(), "detail").measurements] == ["detail"]

    @pytest.mark.parametrize(
        ("features", "name", "phrase"),
        [
            (Corner(), "frechett", "no metric of pictures is called 'frechett'; did you mean 'frechet'?"),
            (Corner(), "fid", "called FID on the pinned Inception alone, not on corner-v2: --metric frechet"),
            (Retrained(), "fid", "called FID on the pinned Inception alone"),
            (Corner(), "scores", "features corner-v2 tell nothing by themselves"),
        ],
    )
    def test_a_wrong_name_is_refused(self, features, name, phrase):
        with pytest.raises(UsageError, match=phrase.replace("?", r"\?")):
            chosen_metrics([name], Looking(features))
        assert chosen_metrics(["fid"], Looking(Published())) == ("frechet",)
