"""BLEU and distinct-n, by hand; and their intervals, which must hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.metric.ngram_counts import distinct
from artgan.builtin.metric.sentence_bleu import self_bleus, sentence_bleus
from artgan.builtin.metric.subsamples import STUDENT, over_sets

TEXTS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), min_size=2, max_size=6)


def bleu(texts, references, longest):
    return sentence_bleus(texts, references, longest)[:, -1].mean()


class TestBleu:
    def test_of_a_reference_is_one(self):
        assert bleu([list("abcde")], [list("abcde"), list("xyz")], 4) == 1

    def test_is_the_geometric_mean_of_clipped_precisions_with_zeros_smoothed(self):
        # unigrams: a is clipped to 2 of 3, b matches: 3 of 4; bigrams: aa is clipped to 1 of 2, ab matches: 2 of 3
        assert bleu([list("aaab")], [list("aabc")], 2) == pytest.approx(math.sqrt(3 / 4 * 2 / 3))
        # trigrams: aab of aaa and aab; 4-grams: none of one, smoothed to 0.1
        assert bleu([list("aaab")], [list("aabc")], 4) == pytest.approx((3 / 4 * 2 / 3 * 1 / 2 * 0.1) ** 0.25)

    def test_punishes_what_is_shorter_than_the_closest_reference(self):
        assert bleu([list("ab")], [list("abcd"), list("abcdefgh")], 1) == pytest.approx(math.exp(1 - 4 / 2))

    def test_takes_the_most_of_all_references(self):
        assert bleu([list("aabb")], [list("aacd"), list("cdbb")], 1) == 1

    def test_without_a_common_word_is_nothing(self):
        assert bleu([list("xyz")], [list("abc")], 2) == 0

    @given(TEXTS, TEXTS)
    def test_by_shorter_sequences_stands_beside_that_by_longer_ones(self, texts, references):
        for longest in range(1, 4):
            alone = sentence_bleus(texts, references, longest)[:, -1]
            assert sentence_bleus(texts, references, 4)[:, longest - 1] == pytest.approx(alone)

    @given(TEXTS)
    def test_no_text_is_among_its_own_references(self, texts):
        by_hand = [bleu([text], texts[:at] + texts[at + 1 :], 3) for at, text in enumerate(texts)]
        assert self_bleus(texts, 3)[:, -1] == pytest.approx(by_hand)


@given(TEXTS)
def test_distinct_is_the_share_of_sequences_that_differ(texts):
    for size in (1, 2, 3):
        grams = [tuple(text[at : at + size]) for text in texts for at in range(len(text) - size + 1)]
        assert distinct(texts, 3)[size - 1] == (len(set(grams)) / len(grams) if grams else 0)


class TestIntervals:
    """Of texts whose words are as frequent as those of a language: the k-th one in k."""

    frequencies = 1 / np.arange(1, 201)

    def setup_method(self):
        self.random = np.random.default_rng(0)

    def texts(self, count):
        words = self.random.choice(200, (count, 8), p=self.frequencies / self.frequencies.sum())
        return [row[: row[0] % 5 + 4].tolist() for row in words]

    @staticmethod
    def variety(texts):
        return np.append(self_bleus(texts, 3).mean(0)[1:], distinct(texts, 2))

    @pytest.mark.parametrize("sets", [1, 2, 10])
    def test_hold_what_is_expected_of_a_set_about_as_often_as_they_say(self, sets):
        expected = np.mean([self.variety(self.texts(100)) for _ in range(300)], 0)
        held = []
        for _ in range(60):
            values, errors = over_sets(self.texts(100 * sets), self.variety, 100)
            held.append(abs(values - expected) <= STUDENT * errors)
        assert np.mean(held) == pytest.approx(0.96, abs=0.035)

    def test_are_half_as_wide_of_four_times_as_many_texts(self):
        def width(count):
            return np.mean([over_sets(self.texts(count), self.variety, 100)[1] for _ in range(20)], 0)

        assert width(400) / width(100) == pytest.approx(0.5, abs=0.1)

    @pytest.mark.parametrize(("count", "sets"), [(20, 1), (100, 1), (199, 1), (430, 4), (5000, 10)])
    def test_are_of_sets_of_one_size_or_of_all_texts_where_there_are_fewer(self, count, sets):
        seen = []

        def constant(texts):
            seen.append(len(texts))
            return np.ones(1)

        assert over_sets(self.texts(count), constant, 100) == (1, 0)
        assert seen[:sets] == [min(count, 100)] * sets

    def test_texts_in_order_of_their_kind_are_spread_over_the_sets(self):
        texts = [[0]] * 100 + [[1]] * 100
        _, errors = over_sets(texts, lambda texts: np.array([np.mean(texts)]), 20)
        assert errors == [0]
