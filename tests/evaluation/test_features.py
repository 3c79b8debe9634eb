"""What pictures are looked at through is named, checked, and called FID only where it is the pinned network."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from artgan import ArtganError, UsageError, option
from artgan.evaluation.features import INCEPTION, Looking
from artgan.evaluation.pictures import METRICS, Judgement, Measurement, PictureJudge, chosen_metrics
from artgan.interfaces import Features

PICTURES = np.random.default_rng(0).integers(0, 256, (130, 3, 8, 8), dtype=np.uint8)
SMALL = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16", "--steps", "6")


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
        looking = Looking(registry.parse("features", "random-v1"))
        assert looking.record() == {
            "name": "random-v1",
            "digest": "4e023d2f39aa54474f945a9fd8ac442cdb4e7eeacaf8d396ebf26797fc2d36b1",
            "size": 64,
            "resize": "bilinear, antialiased",
        }

    def test_the_judge_of_a_training_carries_their_name_too(self, registry):
        measured = registry.parse("metric", "frechet").measure(PICTURES[:60], PICTURES[60:])
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


WRONG = [
    (("--metric", "recal"), "no metric of pictures is called 'recal'; did you mean 'recall'?"),
    (("--features", "random"), "no features is called 'random'; did you mean 'random-v1'?"),
    (("--features", "random-v1:size=3"), "features random-v1 has no option 'size'"),
]


class TestCommand:
    @pytest.fixture
    def run(self, artgan, tmp_path):
        random = np.random.default_rng(1)
        np.save(tmp_path / "many.npy", random.integers(0, 256, (240, 8, 8), dtype=np.uint8))
        plugin = tmp_path / "corner.py"
        plugin.write_text(
            "import artgan\nfrom artgan.interfaces import Features, Metric\n\n\n"
            "class Corner(Features):\n"
            '    """The first pixels."""\n\n    name = "corner"\n    version = "corner-v2"\n    size = 8\n'
            '    resize = "none"\n\n    def digest(self):\n        return "0" * 64\n\n    def build(self):\n'
            "        return lambda pictures: pictures.reshape(len(pictures), -1)[:, :6] / 255\n\n\n"
            "@artgan.hookimpl\ndef register_features():\n    return [Corner]\n\n\n"
            "class Lightness(Metric):\n"
            '    """How light pictures are."""\n\n    name = "lightness"\n    modalities = frozenset({"image"})\n\n'
            '    def measure(self, real, fake):\n        return {"mean lightness": fake.mean() / 255}\n\n\n'
            "@artgan.hookimpl\ndef register_metrics():\n    return [Lightness]\n"
        )
        assert artgan("run", "many.npy", *SMALL, "--name", "few", "--quiet").code == 0
        return tmp_path / "runs/few"

    def test_features_and_metrics_are_chosen_told_and_recorded(self, artgan, run):
        metrics = ("--metric", "kid", "--metric", "detail", "--metric", "lightness")
        words = ("-n", 100, "--plugin", "corner.py", "--features", "corner", *metrics)
        shown = artgan("evaluate", "few", *words)
        assert shown.code == 0, shown.err
        assert "This takes a few seconds: 100 pictures, features corner-v2, kid, detail, lightness" in " ".join(
            shown.err.split()
        )
        assert "KID (corner-v2)" in shown.out
        assert not any(word in shown.out for word in ("random-v1", "recall", "varied", "copies"))
        record = json.loads((run / "evaluation/evaluation.json").read_text())
        assert record["features"] == {"name": "corner-v2", "digest": "0" * 64, "size": 8, "resize": "none"}
        assert record["metrics"] == ["kid", "detail", "lightness"]
        assert [row["name"] for row in record["measurements"]] == ["KID (corner-v2)", "detail", "mean lightness"]
        assert record["measurements"][2]["meaning"] == "How light pictures are."
        assert 0 < record["measurements"][2]["real"] < 1
        assert record["copies"] is None
        assert not (run / "evaluation/nearest.png").exists()
        for wrong, phrase in WRONG:
            refused = artgan("evaluate", "few", *wrong)
            assert refused.code == 2
            assert phrase in refused.err.splitlines()[-1]
