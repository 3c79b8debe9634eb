"""The language models that likelihoods are taken under: known answers, and what must come out higher than what."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from artgan.builtin.metric import language_model
from artgan.builtin.metric.language_model import LanguageModel, fit, score, scored
from artgan.builtin.metric.likelihood import bits_per_byte
from artgan.interfaces import Number, Samples, Spec


class TestLikelihood:
    """On sequences that count upwards from a random start, modulo 8."""

    random = np.random.default_rng(0)

    def counting(self, count, starts=8):
        start = self.random.integers(0, starts, (count, 1))
        return torch.from_numpy((start + np.arange(6)) % 8)

    @pytest.mark.slow
    def test_knows_real_text_from_other_text_and_real_diversity_from_little(self):
        model = fit(self.counting(600), self.counting(100), 8, False, lambda: None)
        assert score(model, self.counting(200)) == pytest.approx(math.log(8) / 6, abs=0.1)
        assert score(model, torch.from_numpy(self.random.integers(0, 8, (200, 6)))) > 1.5
        collapsed = fit(self.counting(600, starts=1), self.counting(100, starts=1), 8, False, lambda: None)
        assert score(collapsed, self.counting(200)) > 1

    @pytest.mark.parametrize(("length", "batch"), [(6, 64), (16, 64), (32, 32), (500, 8)])
    def test_learns_from_fewer_texts_a_step_where_these_are_long(self, monkeypatch, length, batch):
        seen, learn = list[int](), LanguageModel.forward

        def watched(model, texts):
            seen.append(len(texts))
            return learn(model, texts)

        monkeypatch.setattr(LanguageModel, "forward", watched)
        monkeypatch.setattr(language_model, "STEPS", 2)
        texts = torch.ones(100, length, dtype=torch.long)
        fit(texts, texts[:10], 3, True, lambda: None)
        assert seen == [batch, batch]

    def test_of_texts_of_one_length_errs_as_their_mean_does(self):
        model, texts = LanguageModel(8, ends=False).eval(), self.counting(50)
        with torch.inference_mode():
            each = model.of_each(texts)[0].double() / 6
        found = scored(model, texts)
        assert (found.value, found.margin) == pytest.approx(
            (float(each.mean()), 1.96 * float(each.std()) / 50**0.5), rel=1e-4
        )

    def test_errs_less_where_long_texts_are_as_likely_by_token_as_short_ones(self):
        model = LanguageModel(4, ends=True).eval()
        for parameter in model.parameters():
            parameter.data.zero_()
        texts = torch.tensor([[1, 0, 0, 0], [1, 2, 3, 1]] * 20)
        found = scored(model, texts)
        assert (found.value, found.margin) == pytest.approx((math.log(4), 0), abs=1e-6)

    def test_one_text_alone_tells_no_margin(self):
        model = LanguageModel(4, ends=True)
        assert scored(model, torch.randint(1, 4, (1, 5))).margin is None

    @pytest.mark.parametrize("ends", [False, True])
    def test_of_many_texts_knows_of_each_what_the_network_tells_of_it_alone_up_to_its_end(self, ends):
        model = LanguageModel(4, ends).eval()
        texts = torch.from_numpy(self.random.integers(0, 4, (100, 6)))
        begin = torch.tensor([4])
        with torch.inference_mode():
            values, places = model.of_each(texts)
            for text, value, place in zip(texts, values, places, strict=True):
                length = text.tolist().index(0) + 1 if ends and 0 in text else 6
                hidden, _ = model.layer(model.embedding(torch.cat([begin, text[:-1]])))
                known = model.out(hidden).log_softmax(1).gather(1, text[:, None])
                assert (float(value), int(place)) == (pytest.approx(-float(known[:length].sum()), rel=1e-5), length)

    @pytest.mark.slow
    def test_counts_the_end_of_a_text_but_nothing_behind_it(self):
        ends = torch.tensor([[1, 2, 0, 0, 0, 0]] * 50 + [[1, 2, 3, 0, 0, 0]] * 50)
        model = fit(ends, ends, 4, True, lambda: None)
        expected = -(3 * math.log(0.5) / 3 + 4 * math.log(0.5) / 4) / 2 * (2 / 7)
        assert score(model, ends) == pytest.approx(expected, abs=0.05)


class TestBitsPerByte:
    """Of the texts "ab" and "a", whose tokens are characters, or the first of which is one token."""

    readable = np.array(["ab", "a"])

    @pytest.mark.parametrize(
        ("compact", "bits"),
        [
            ([[1, 2, 0], [1, 0, 0]], 8.0),  # five tokens, those that end texts among them, for five bytes
            ([[3, 0, 0], [1, 0, 0]], 6.4),  # four tokens for five bytes
        ],
    )
    def test_count_the_tokens_and_a_line_break_after_each_text(self, compact, bits):
        spec = Spec("text", (3, 4), (), 4, ("", "a", "b", "ab"))
        samples = Samples(np.array(compact, np.int32), for_metrics=lambda rows: self.readable[: len(rows)])
        found = bits_per_byte(Number(8 * math.log(2), 0.8 * math.log(2)), samples, spec)
        assert (found.value, found.margin) == (pytest.approx(bits), pytest.approx(bits / 10))

    def test_are_none_of_what_is_no_text(self):
        spec = Spec("tunes", (3, 4), (), 4)
        assert bits_per_byte(Number(1.0), Samples(np.ones((2, 3), np.int32)), spec) is None
