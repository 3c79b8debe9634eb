"""What is measured of pictures, on any features, and what is said of it in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from support.corner import PICTURES, Corner, Published, Retrained

from artgan import ArtganError, UsageError
from artgan.builtin.features import RandomFeatures
from artgan.evaluation.pixels import PixelSession
from artgan.evaluation.report import Measured, PixelReport
from artgan.evaluation.selection import chosen_metrics, offered_metrics
from artgan.interfaces import FeatureExtractor, Metric, Number, Role, Spec
from artgan.plugins.metric_runner import MetricRunner
from artgan.plugins.registry import Source


@pytest.fixture
def chosen(registry):
    """Return the metrics of given names on some features, ready to run."""

    def choose(features, *metrics):
        offered = offered_metrics(registry, Spec("image", (3, 8, 8)), pytest.fail)
        return chosen_metrics(metrics, offered, noun="picture", extractor=FeatureExtractor(features))

    return choose


@pytest.fixture
def session(chosen):
    """Return a session over pictures trained on, and others."""

    def make(train, held_out, features, *metrics, runners=None, progress=lambda *how_far: None):
        return PixelSession(
            Spec("image", train.shape[1:]),
            train=train,
            held_out=held_out,
            extractor=FeatureExtractor(features),
            runners=chosen(features, *metrics) if runners is None else runners,
            progress=progress,
        )

    return make


@pytest.fixture(scope="module")
def samples():
    """400 grey pictures of 16×16: a bar of some width, at some place, on a noisy ground."""
    random = np.random.default_rng(1)
    pictures = random.integers(0, 60, (400, 1, 16, 16), dtype=np.uint8)
    for picture in pictures[:, 0]:
        start = random.integers(0, 12)
        picture[:, start : start + random.integers(1, 5)] = random.integers(180, 255)
    return pictures


class TestVerdict:
    @pytest.fixture
    def judged(self, session, samples):
        return session(samples[:200], samples[200:300], RandomFeatures()).judge

    def test_real_pictures_are_varied_sharp_and_no_copies(self, judged, samples):
        assert judged(samples[300:]).to_text() == "varied, sharp; no copies found among 100"

    def test_copies_are_counted_and_shown_first(self, judged, samples):
        fake = np.concatenate([samples[300:360], samples[:10]])
        judgement = judged(fake)
        assert "10 copies of training pictures found among 70" in judgement.to_text()
        assert sorted(judgement.copies.closest[:10]) == [(60 + number, number) for number in range(10)]

    def test_one_picture_again_and_again_is_of_little_variety(self, judged, samples):
        assert "of little variety" in judged(samples[300:301].repeat(60, axis=0)).to_text()

    def test_too_few_pictures_are_refused(self, judged, samples):
        with pytest.raises(ArtganError, match="3 generated pictures are too few: give at least 20"):
            judged(samples[300:303])


class TestMetrics:
    @pytest.fixture
    def judged(self, session):
        def judge(features, *metrics):
            return session(PICTURES[:50], PICTURES[50:80], features, *metrics).judge(PICTURES[80:])

        return judge

    def test_all_is_measured_that_the_features_allow(self, judged):
        names = [row.name for row in judged(Published()).measurements]
        assert names[:3] == ["FID", "KID", "precision (corner-v2)"]
        assert "Inception Score" in names
        assert not any("Score" in row.name for row in judged(Corner()).measurements)

    def test_the_verdict_tells_of_nothing_that_was_not_measured(self, judged):
        def verdict(*metrics):
            return judged(Corner(), *metrics).to_text()

        everything = verdict()
        assert everything == f"{verdict('recall')}, {verdict('detail')}; {verdict('copying')}"
        assert verdict("kid") == "measured, not judged"
        assert verdict("copying") == "no copies found among 50"

    @pytest.mark.parametrize(
        ("found", "words"),
        [
            ([(Role.FIDELITY, 0.8), (Role.DIVERSITY, 0.05), (Role.DIVERSITY, 0.2)], "of little variety"),
            ([(Role.FIDELITY, 0.02), (Role.DIVERSITY, 0.0), (Role.DIVERSITY, 0.0)], "unlike the data"),
            ([(Role.DIVERSITY, 0.05)], "covering little of the data"),
            ([(Role.FIDELITY, 0.02), (Role.DIVERSITY, 0.5)], "less varied than the data"),
            ([(Role.DIVERSITY, 0.8)], "varied"),
            ([(Role.FIDELITY, 0.9)], "measured, not judged"),
            ([(None, 0.9)], "measured, not judged"),
        ],
    )
    def test_variety_is_told_of_works_that_look_like_the_data(self, found, words):
        rows = [Measured("whatever its name", Number(value, 0.1, role=role), 0.9) for role, value in found]
        assert PixelReport(rows, count=100, compared=50).to_text() == words

    def test_each_metric_tells_how_far_it_is(self, session):
        told = []
        session(PICTURES[:50], PICTURES[50:80], Corner(), progress=lambda *how_far: told.append(how_far)).judge(
            PICTURES[80:]
        )
        ends = {what for what, done, total in told if done == total}
        assert {what for what, _, _ in told} == ends
        for name in ("frechet", "kid", "precision", "recall", "detail", "patches", "copying"):
            assert f"{name} of generated pictures" in ends

    def test_no_picture_is_looked_at_for_what_needs_no_features(self, judged):
        def refuse():
            raise AssertionError

        @dataclass(frozen=True)
        class Blind(Corner):
            """Cannot see."""

            def build(self):
                return lambda pictures: refuse()

        assert [row.name for row in judged(Blind(), "detail").measurements] == ["detail"]

    @pytest.mark.parametrize(
        ("features", "name", "phrase"),
        [
            (Corner(), "frechett", "no metric of pictures is called 'frechett'; did you mean 'frechet'?"),
            (Corner(), "fid", "called FID on the pinned Inception alone, not on corner-v2: --metric frechet"),
            (Retrained(), "fid", "called FID on the pinned Inception alone"),
            (Corner(), "scores", "features corner-v2 tell nothing by themselves"),
        ],
    )
    def test_a_wrong_name_is_refused(self, chosen, features, name, phrase):
        with pytest.raises(UsageError, match=phrase.replace("?", r"\?")):
            chosen(features, name)

    def test_fid_is_the_frechet_distance_on_the_pinned_inception(self, judged):
        (fid,), (frechet,) = (judged(Published(), name).measurements for name in ("fid", "frechet"))
        assert fid == frechet
        assert fid.name == "FID"

    def test_a_metric_of_a_stranger_has_its_say_in_the_verdict(self, session):
        @dataclass(frozen=True)
        class Smooth(Metric):
            """Blurry, whatever comes."""

            name, role = "smooth", Role.DETAIL

            def measure(self, real, fake):
                return {"smoothness": 0.5}

        runner = MetricRunner(Smooth(), Source("smooth", "smooth.py", ""), pytest.fail)
        report = session(PICTURES[:50], PICTURES[50:80], Corner(), runners=[runner]).judge(PICTURES[80:])
        assert report.to_text() == "blurry"
