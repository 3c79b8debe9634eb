"""What is measured of texts: by hand where that can be done, else by what must come out higher than what."""

from __future__ import annotations

import json
import math
import re
import shutil

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.dataset.texts import Names
from artgan.evaluation.bleu import self_bleus, sentence_bleus
from artgan.evaluation.frontier import draw_frontier, told_copying, verdict
from artgan.evaluation.language_model import LanguageModel, fit, score, scored
from artgan.evaluation.ngram_counts import distinct
from artgan.evaluation.subsampling import STUDENT, over_sets
from artgan.evaluation.text import Judge, Row
from artgan.interfaces import Data, Spec

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

    def test_of_texts_of_one_length_errs_as_their_mean_does(self):
        model, texts = LanguageModel(8, ends=False).eval(), self.counting(50)
        with torch.inference_mode():
            each = model.of_each(texts)[0].double() / 6
        assert scored(model, texts) == pytest.approx((float(each.mean()), float(each.std()) / 50**0.5), rel=1e-4)

    def test_errs_less_where_long_texts_are_as_likely_by_token_as_short_ones(self):
        model = LanguageModel(4, ends=True).eval()
        for parameter in model.parameters():
            parameter.data.zero_()
        texts = torch.tensor([[1, 0, 0, 0], [1, 2, 3, 1]] * 20)
        assert scored(model, texts) == pytest.approx((math.log(4), 0), abs=1e-6)

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

    def test_counts_the_end_of_a_text_but_nothing_behind_it(self):
        ends = torch.tensor([[1, 2, 0, 0, 0, 0]] * 50 + [[1, 2, 3, 0, 0, 0]] * 50)
        model = fit(ends, ends, 4, True, lambda: None)
        expected = -(3 * math.log(0.5) / 3 + 4 * math.log(0.5) / 4) / 2 * (2 / 7)
        assert score(model, ends) == pytest.approx(expected, abs=0.05)


BROKEN = """
from dataclasses import dataclass
import artgan
from artgan.interfaces import Metric

@dataclass(frozen=True)
class Broken(Metric):
    '''A metric that fails.'''

    name = "broken"
    modalities = frozenset({"text"})
    drawn = True

    def measure(self, real, fake):
        raise ValueError("no")

@artgan.hookimpl
def register_metrics():
    return [Broken]
"""


def rows(*points, source="model"):
    return [Row(source, 1.0, {"LM": quality, "RLM": diversity}) for quality, diversity in points]


FRONTIER = rows((1.7, 3.0), (2.3, 2.9), source="likelihood")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(2.0, 2.8)], "above"),
        ([(2.0, 2.95)], "on"),
        ([(2.0, 3.3)], "below"),
        ([(2.0, 3.3), (1.8, 2.9)], "above"),
        ([(3.0, 2.9)], "on"),
        ([(1.5, 2.9)], "above"),
    ],
)
def test_the_verdict_is_of_the_best_temperature_beside_the_line_of_the_baseline(points, expected):
    assert verdict([*rows(*points), *FRONTIER], "model", "likelihood") == expected


def test_texts_like_the_real_ones_get_the_numbers_of_the_real_ones():
    texts = np.random.default_rng(0).integers(0, 30, (200, 8)).astype(np.uint8)
    spec = Spec("text", (8, 30))
    data = Data(spec, texts, None, "0" * 64, "digits", "none", "drawn here", held_out=texts[:140])
    judge = Judge(data, Names(), [], lambda tokens: tokens, lambda *how_far: None, ["bleu", "distinct", "self-bleu"])
    real = judge.real().values
    same = judge.measure("same", data.held_out[::2], data.held_out[::2], 1.0).values
    twice = judge.measure("twice", data.held_out.repeat(2, axis=0), data.held_out.repeat(2, axis=0), 1.0).values
    for size in (2, 3, 4, 5):
        assert same[f"BLEU-{size}"] == pytest.approx(real[f"BLEU-{size}"])
        assert real[f"BLEU-{size}"] < 0.9  # none is among its own references
        assert twice[f"Self-BLEU-{size}"] == pytest.approx(real[f"Self-BLEU-{size}"])
    for size in (1, 2, 3):
        assert twice[f"distinct-{size}"] == pytest.approx(real[f"distinct-{size}"])


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        (
            {"copied share": 0.02},
            {"copied share": 0.0421},
            "; 2.0% of its texts at temperature 1 are copied from the data, and 4.2% of that one's",
        ),
        ({"copied share": 0.0}, {"copied share": 0.0}, "; neither copies from the data"),
        ({}, {}, ""),
    ],
)
def test_the_verdict_goes_on_with_what_either_copies(own, other, words):
    measured = [Row("a", 0.5, {"copied share": 1.0}), Row("a", 1.0, own), Row("b", 1.0, other)]
    assert told_copying(measured, "a", "b") == words


def test_no_label_of_the_plot_leaves_it():
    points = [("this run", 0.5, 4.0, 7.0), ("maximum likelihood", 0.5, 3.0, 6.0), ("maximum likelihood", 1.0, 5.0, 6.1)]
    svg = draw_frontier([Row(source, t, {"LM": lm, "RLM": rlm}) for source, t, lm, rlm in points])
    labels = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="start"[^>]*>([^<]+)<', svg)
    assert [float(x) for x, words in labels if float(x) + 7 * len(words) > 720] == []
    assert svg.count(">maximum likelihood<") == 1


@pytest.mark.slow
def test_evaluating_a_run_prints_one_table_beside_a_baseline_of_the_same_size(artgan, tmp_path):
    size = ("--generator", "rnn:width=32,embedding=16", "--discriminator", "rnn:width=32,embedding=16")
    oracle = "oracle:vocabulary=20,width=8,length=6,count=1500,held_out=500"
    done = artgan("run", "--dataset", oracle, *size, "--loss", "bce", "--steps", "60", "--name", "small", "--quiet")
    assert done.code == 0, done.err
    (tmp_path / "broken.py").write_text(BROKEN)
    evaluated = artgan("evaluate", "runs/small", "-n", "300", "--plugin", tmp_path / "broken.py")
    assert evaluated.code == 0, evaluated.err
    assert "metric broken (broken.py): measure raised ValueError: no; left out" in evaluated.err
    for word in (
        "LM",
        "RLM",
        "BLEU-5",
        "Self-BLEU-5",
        "distinct-3",
        "copied",
        "n-gram",
        "NLL oracle",
        "NLL test",
        "maximum likelihood",
    ):
        assert word in evaluated.out
    assert "T = 0.65" in evaluated.out
    record = json.loads((tmp_path / "runs/small/evaluation/evaluation.json").read_text())
    copied = [row["values"]["copied share"] for row in record["rows"] if row["temperature"] == 1]
    assert evaluated.out.splitlines()[-1] == (
        "small is below the frontier of maximum likelihood: "
        "a generator of its size that is trained without a second player does better; "
        f"{copied[0]:.1%} of its texts at temperature 1 are copied from the data, and {copied[1]:.1%} of that one's."
    )
    assert [(row["source"], row["temperature"]) for row in record["rows"]] == [
        ("real, held out", None),
        *[(source, t) for source in ("this run", "maximum likelihood") for t in (0.5, 0.65, 0.8, 0.9, 1.0)],
    ]
    likelihood = {row["source"]: row["values"]["NLL oracle"] for row in record["rows"]}
    assert likelihood["real, held out"] < likelihood["maximum likelihood"] < likelihood["this run"]
    test = {row["source"]: row["values"]["NLL test"] for row in record["rows"] if row["temperature"] == 1}
    assert likelihood["real, held out"] < test["maximum likelihood"] < test["this run"]
    for row in record["rows"]:
        assert row["values"].keys() - row["margins"].keys() <= {"NLL test", "copied share"}
        for name in ("LM", "RLM", "BLEU-2", "BLEU-5", "NLL oracle"):
            assert 0 < row["margins"][name] < 0.2 * row["values"][name]
    copied = {row["source"]: row["values"]["copied share"] for row in record["rows"]}
    assert 0 < copied["real, held out"] < 1
    apart = {row["source"]: row["values"]["n-gram distance"] for row in record["rows"]}
    assert apart["real, held out"] < apart["maximum likelihood"] < apart["this run"]
    assert (tmp_path / "runs/small-mle/recipe.toml").is_file()
    assert "T = 0.65" in (tmp_path / "runs/small/evaluation/frontier.svg").read_text()
    page = (tmp_path / "gallery/small/index.html").read_text()
    headings = re.findall(r'<th scope="col">([^<]+)</th>', page[page.index('id="judged"') :])
    assert headings[:6] == ["T = 0.5", "T = 0.65", "T = 0.8", "T = 0.9", "T = 1", "real"]
    numbers = re.search(r"<bdi>BLEU-2</bdi></th>(.+)</tr>", page)[1]
    own = [row for row in record["rows"] if row["source"] == "this run"]
    assert re.findall(r"<td>([\d.]+) <span[^>]*>± ([\d.]+)</span></td>", numbers) == [
        (f"{row['values']['BLEU-2']:.3f}", f"{row['margins']['BLEU-2']:.3f}") for row in [*own, record["rows"][0]]
    ]
    assert 'src="frontier.svg"' in page
    assert (tmp_path / "gallery/small/frontier.svg").is_file()
    again = artgan("evaluate", "runs/small", "-n", "300", "--metric", "distinct")
    assert again.code == 0, again.err
    assert 'src="frontier.svg"' not in (tmp_path / "gallery/small/index.html").read_text()
    shutil.rmtree(tmp_path / "runs/small-mle/checkpoints/step-00002000")
    resumed = artgan("evaluate", "runs/small", "-n", "100", "--metric", "likelihood")
    assert resumed.code == 0, resumed.err
    assert "Training the baseline small-mle: 2,000 steps" in resumed.err
    assert (tmp_path / "runs/small-mle/checkpoints/step-00002000").is_dir()


def test_what_is_no_run_is_refused_in_one_line(artgan):
    refused = artgan("evaluate", "nowhere")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "nowhere is no run" in refused.err


def test_without_held_out_texts_there_is_nothing_to_measure_against(artgan, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join(f"{letter}{other}" for letter in "abcd" for other in "efgh"), encoding="utf-8")
    small = ("--generator", "rnn:width=8,embedding=4", "--discriminator", "rnn:width=8,embedding=4", "--batch", "4")
    assert artgan("run", lines, *small, "--steps", "2", "--name", "few", "--quiet").code == 0
    refused = artgan("evaluate", "few")
    assert refused.code == 1
    assert refused.err == (
        "Error: lines holds out 1 texts: at least 100 are needed to evaluate; train with more texts, or a "
        "larger held_out of the dataset\n"
    )
    refused = artgan("evaluate", "few", "--features", "random-v1")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "--features are for pictures, and few makes texts" in refused.err


def test_metrics_of_texts_that_are_named_are_measured_alone_without_a_baseline(artgan, tmp_path):
    small = ("--generator", "rnn:width=8,embedding=4", "--discriminator", "rnn:width=8,embedding=4", "--batch", "4")
    assert artgan("run", "--dataset", "names", *small, "--steps", "2", "--name", "a", "--quiet").code == 0
    refused = artgan("evaluate", "a", "--metric", "ngram")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "no metric of texts is called 'ngram'; did you mean 'ngrams'?" in refused.err
    shown = artgan("evaluate", "a", "-n", "200", "--metric", "ngrams", "--metric", "distinct")
    assert shown.code == 0, shown.err
    assert re.search(r"This takes .+: 200 texts at each of 5 temperatures, this run\n", shown.err)
    assert shown.out.splitlines()[-1] == "a was measured, not judged."
    record = json.loads((tmp_path / "runs/a/evaluation/evaluation.json").read_text())
    assert [set(row["values"]) for row in record["rows"]] == [
        {"n-gram distance", "distinct-1", "distinct-2", "distinct-3"}
    ] * 6
    assert [set(row["margins"]) for row in record["rows"]] == [set(row["values"]) for row in record["rows"]]
    assert all(0 < row["margins"]["n-gram distance"] < row["values"]["n-gram distance"] for row in record["rows"][1:])
    assert (record["texts"], record["seed"], record["held_out"]) == (200, 0, {"count": 140})
    assert not (tmp_path / "runs/a-mle").exists()
