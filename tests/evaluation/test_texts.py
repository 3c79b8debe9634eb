"""`artgan evaluate` on a run that makes texts."""

from __future__ import annotations

import json
import re
import shutil

import pytest

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
        assert row["values"].keys() - row["margins"].keys() <= {"NLL test", "NLL test bits/byte", "copied share"}
        for name in ("LM", "RLM", "BLEU-2", "BLEU-5", "NLL oracle"):
            assert 0 < row["margins"][name] < 0.2 * row["values"][name]
    shares = {row["source"]: row["values"]["copied share"] for row in record["rows"]}
    assert 0 < shares["real, held out"] < 1
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
    shutil.rmtree(tmp_path / "runs/small-mle/checkpoints/step-00000500")
    resumed = artgan("evaluate", "runs/small", "-n", "100", "--metric", "likelihood")
    assert resumed.code == 0, resumed.err
    assert "Training the baseline small-mle: 500 steps" in resumed.err
    assert (tmp_path / "runs/small-mle/checkpoints/step-00000500").is_dir()
    given = ("--metric", "likelihood", "--baseline", "runs/small-mle", "--out", "given")
    beside = artgan("evaluate", "runs/small", "-n", "100", *given)
    assert beside.code == 0, beside.err
    assert "baseline" not in beside.err
    assert json.loads((tmp_path / "given/evaluation.json").read_text())["rows"][-1]["source"] == "maximum likelihood"


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
        "Error: lines holds out 1 text: at least 20 are needed to evaluate; train with more texts, or a "
        "larger --set training.held_out\n"
    )
    refused = artgan("evaluate", "few", "--features", "random-v1")
    assert (refused.code, refused.err.count("\n")) == (2, 1)

    larger = artgan("run", lines, *small, "--steps", "2", "--set", "training.held_out=0.5", "--dry-run").out
    assert larger.count("held_out = 0.5") == 2  # that of the training is that of the dataset
    assert "--features are for pictures, and few makes texts" in refused.err


@pytest.mark.slow
def test_metrics_of_texts_that_are_named_are_measured_alone_without_a_baseline(artgan, tmp_path):
    small = ("--generator", "rnn:width=8,embedding=4", "--discriminator", "rnn:width=8,embedding=4", "--batch", "4")
    assert artgan("run", "--dataset", "names", *small, "--steps", "2", "--name", "a", "--quiet").code == 0
    refused = artgan("evaluate", "a", "--metric", "ngram")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "no metric of texts is called 'ngram'; did you mean 'ngrams'?" in refused.err
    shown = artgan("evaluate", "a", "-n", "200", "--metric", "ngrams", "--metric", "distinct")
    assert shown.code == 0, shown.err
    assert re.search(r"This takes .+: 200 texts at each of 5 temperatures, this run\n", shown.err)
    assert shown.out.splitlines()[-1] == "a is measured, not judged."
    record = json.loads((tmp_path / "runs/a/evaluation/evaluation.json").read_text())
    assert [set(row["values"]) for row in record["rows"]] == [
        {"n-gram distance", "distinct-1", "distinct-2", "distinct-3"}
    ] * 6
    assert [set(row["margins"]) for row in record["rows"]] == [set(row["values"]) for row in record["rows"]]
    assert all(0 < row["margins"]["n-gram distance"] < row["values"]["n-gram distance"] for row in record["rows"][1:])
    assert (record["texts"], record["seed"], record["held_out"]) == (200, 0, {"count": 140})
    assert not (tmp_path / "runs/a-mle").exists()


BESIDE = """
from dataclasses import dataclass
import artgan
from artgan.interfaces import Metric

@dataclass(frozen=True)
class Beside(Metric):
    '''A metric whose number means little without that of a baseline, and which is no likelihood.'''

    name = "beside"
    modalities = frozenset({"text"})
    beside_baseline = True

    def measure(self, real, fake):
        return {"letters": float(fake.shape[1])}

@artgan.hookimpl
def register_metrics():
    return [Beside]
"""


def test_where_no_likelihood_was_measured_beside_the_baseline_there_is_no_verdict(artgan, tmp_path):
    (tmp_path / "beside.py").write_text(BESIDE)
    small = ("--generator", "rnn:width=8,embedding=4", "--discriminator", "rnn:width=8,embedding=4", "--batch", "4")
    assert artgan("run", "--dataset", "names", *small, "--steps", "2", "--name", "a", "--quiet").code == 0
    shown = artgan("evaluate", "a", "-n", 200, "--metric", "beside", "--baseline", "a", "--plugin", "beside.py")
    assert shown.code == 0, shown.err
    assert shown.out.splitlines()[-1] == "a is measured, not judged."
    assert "maximum likelihood" in shown.out, "it stands beside the baseline"


LIKELY = """
from dataclasses import dataclass
import artgan
from artgan.interfaces import Metric, Number, Role

@dataclass(frozen=True)
class Likely(Metric):
    '''A metric that knows quality and diversity, of which a verdict is made.'''

    name = "likely"
    modalities = frozenset({"text"})
    interval = "own"
    beside_baseline = True

    def compare(self, comparison):
        return {"LM": Number(1.0, role=Role.WORKS_LIKELIHOOD), "RLM": Number(2.0, role=Role.DATA_LIKELIHOOD)}

@artgan.hookimpl
def register_metrics():
    return [Likely]
"""


def test_beside_few_texts_numbers_are_measured_and_no_verdict_is_given(artgan, tmp_path):
    (tmp_path / "likely.py").write_text(LIKELY)
    small = ("--generator", "rnn:width=8,embedding=4", "--discriminator", "rnn:width=8,embedding=4", "--batch", "4")
    few = ("--dataset", "names:held_out=0.02", *small, "--steps", "2", "--name", "few", "--quiet")
    assert artgan("run", *few).code == 0
    shown = artgan("evaluate", "few", "-n", 100, "--metric", "likely", "--baseline", "few", "--plugin", "likely.py")
    assert shown.code == 0, shown.err
    record = json.loads((tmp_path / "runs/few/evaluation/evaluation.json").read_text())
    count = record["held_out"]["count"]
    assert 20 <= count < 100
    assert shown.out.splitlines()[-1] == (
        f"few is measured, not judged. It is measured beside {count} texts alone: read each number "
        "with its interval, which stands on its page; for a verdict 100 must be held out (--set training.held_out)."
    )
    assert (record["verdict"], record["rows"][1]["values"]) == ("", {"LM": 1.0, "RLM": 2.0})
