"""The distance that judges texts: what must hold exactly, and what must come out higher than what."""

from __future__ import annotations

import math
import random
from itertools import combinations, product
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.metric import Ngrams
from artgan.builtin.metric.spectra import likeness, ngram_distance
from artgan.errors import ArtganError
from artgan.interfaces import Dataset, Workspace

TEXT = st.text("ab \n", max_size=6)
TEXTS = st.lists(TEXT, min_size=2, max_size=5)


class TestLikeness:
    @given(TEXTS)
    def test_is_one_of_a_text_and_itself_and_less_of_others_and_the_same_both_ways(self, texts):
        alike = likeness(texts)
        assert np.diag(alike) == pytest.approx(1)
        assert alike == pytest.approx(alike.T)
        assert (alike >= 0).all()
        assert (alike <= 1 + 1e-12).all()

    def test_of_texts_that_share_no_sequence_is_nothing(self):
        assert likeness(["ab", "cd"])[0, 1] == 0

    def test_of_two_texts_does_not_depend_on_how_many_others_share_their_sequences(self):
        draw = random.Random(0)
        texts = ["".join(draw.choices("ab \n", k=draw.randint(0, 9))) for _ in range(60)]
        alone = [[likeness([one, other])[0, 1] for other in texts] for one in texts]
        assert likeness(texts) == pytest.approx(np.array(alone))

    def test_is_the_mean_cosine_of_counts_of_characters_and_words_with_nothing_around_the_text(self):
        # characters: ab and b share b; of pairs (-a ab b-) and (-b b-) b-; of (--a -ab ab- b--) and (--b -b- b--) b--;
        # of (---a --ab -ab- ab-- b---) and (---b --b- -b-- b---) b---; the words are others
        shared = [1 / math.sqrt(2), 1 / math.sqrt(3 * 2), 1 / math.sqrt(4 * 3), 1 / math.sqrt(5 * 4), 0, 0, 0]
        assert likeness(["ab", "b"])[0, 1] == pytest.approx(mean(shared))

    def test_takes_for_words_what_stands_between_white_space_of_any_kind(self):
        # of (a _ b) and (a n b) two of three characters are shared, of their pairs two of four, and so on
        shared = [2 / 3, 2 / 4, 2 / 5, 2 / 6, 1, 1, 1]
        assert likeness(["a b", "a\nb"])[0, 1] == pytest.approx(mean(shared))

    def test_is_known_of_every_one_of_many_texts(self):
        assert np.diag(likeness([f"{number}" for number in range(200)])) == pytest.approx(1)

    def test_tells_the_order_of_words_and_of_lines(self):
        one, other = likeness(["red moon rising", "red moon rising", "rising moon red"])[0, 1:]
        assert other < 0.7 < one


class TestDistance:
    def test_of_two_texts_said_again_and_again_is_known(self):
        far, near = math.exp(-5), 1
        assert ngram_distance(["ab"] * 3, ["cd"] * 4) == pytest.approx(2 * near - 2 * far)
        assert ngram_distance(["ab"] * 3, ["ab"] * 4) == pytest.approx(0)

    @given(st.lists(TEXT, min_size=3, max_size=5), st.lists(TEXT, min_size=3, max_size=5), st.data())
    def test_does_not_depend_on_how_many_texts_there_are(self, first, second, data):
        sizes = [data.draw(st.integers(2, len(texts))) for texts in (first, second)]
        parts = product(*(combinations(texts, size) for texts, size in zip((first, second), sizes, strict=True)))
        assert mean(ngram_distance(*pair) for pair in parts) == pytest.approx(ngram_distance(first, second))

    @given(TEXTS, TEXTS)
    def test_is_the_same_both_ways_and_in_any_order(self, first, second):
        value = ngram_distance(first, second)
        assert ngram_distance(second, first) == pytest.approx(value)
        assert ngram_distance(first[::-1], second) == pytest.approx(value)

    @given(TEXTS, TEXTS)
    def test_is_the_same_in_any_script(self, first, second):
        script = str.maketrans("ab", "山é")
        other = ([text.translate(script) for text in texts] for texts in (first, second))
        assert ngram_distance(*other) == pytest.approx(ngram_distance(first, second))

    @pytest.mark.parametrize("count", [0, 1])
    def test_of_fewer_than_two_texts_is_refused(self, count):
        for first, second in ((count, 3), (3, count)):
            with pytest.raises(ArtganError, match=f"2 with 2 at least, and there are {first} and {second}"):
                ngram_distance(["a"] * first, ["a"] * second)


@pytest.fixture(scope="module", params=["names:of=dinosaurs", "names:of=paints", "poems"])
def corpus(request, registry, tmp_path_factory):
    """Return real texts, at most 512 on a side: those that are held out, and others."""
    data = registry.parse(Dataset, request.param).open(Workspace(tmp_path_factory.mktemp("texts")))
    readable = registry.modality(data.spec).for_metrics
    rows = np.random.default_rng(0).permutation(len(data))[:512]
    return readable(data.held_out[:512]), readable(data.samples[rows])


class TestMetric:
    def of(self, real, fake):
        (value,) = Ngrams().measure(real, np.array(fake, object)).values()
        return value

    def test_is_least_of_real_texts_and_grows_as_quality_or_diversity_falls(self, corpus):
        held_out, texts = corpus
        draw = random.Random(0)
        shuffled = ["".join(draw.sample(text, len(text))) for text in texts]
        halved = [text[: len(text) // 2] for text in texts]
        collapsed = {count: draw.choices(texts[:count], k=len(texts)) for count in (30, 100)}
        real = self.of(held_out, texts)
        assert abs(real) < 0.2
        assert self.of(held_out, shuffled) > real + 0.02
        assert self.of(held_out, halved) > real + 0.2
        assert self.of(held_out, collapsed[100]) == pytest.approx(10, abs=2)
        assert self.of(held_out, collapsed[30]) == pytest.approx(33, abs=4)

    def test_looks_at_no_more_than_a_thousand_texts_from_all_over(self, corpus):
        held_out, texts = corpus
        assert self.of(held_out, np.repeat(texts[:500], 3)) == self.of(held_out, np.repeat(texts[:500], 2))
