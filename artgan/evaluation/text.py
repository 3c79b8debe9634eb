"""How good and how varied generated texts are, over temperatures, beside maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan.builtin.recurrent import before_end
from artgan.errors import ArtganError, UsageError, did_you_mean
from artgan.gauges import Gauge
from artgan.interfaces import Data, Dataset, Progress, Spec
from artgan.model import Model

from .bleu import bleu, self_bleu
from .likelihood import CHECKED, STEPS, LanguageModel, fit, score

TEMPERATURES = (0.5, 0.65, 0.8, 1.0)
BLEUS = (2, 3, 4, 5)
FEWEST = 100
SCORED = 500
"""Texts whose BLEU is taken: its mean moves by about a hundredth with another five hundred."""

MOST = 20_000
"""Texts trained on beside which further metrics are taken at most."""

SEED = 0
"""What texts are drawn from."""

LATENTS = 16
"""Latents over which a text's probability is averaged."""

LIKELIHOOD, BLEU, SELF_BLEU, DISTINCT = "likelihood", "bleu", "self-bleu", "distinct"
OWN = (LIKELIHOOD, BLEU, SELF_BLEU, DISTINCT)
"""What is measured beside the metrics that are components."""

NEAR = 0.01
"""The share of RLM by which two are held to be equal."""


@dataclass(frozen=True)
class Row:
    """What was measured of one set of texts.

    Attributes:
        source: whose texts.
        temperature: at which they were drawn; None for real ones.
        values: numbers by name.
    """

    source: str
    temperature: float | None
    values: Mapping[str, float]


class Judge:
    """Measures sets of texts against the same real ones.

    Args:
        data: what was trained on, and what was held out.
        dataset: where it comes from, which may know true likelihoods.
        gauges: the metrics that are components.
        readable: turns tokens (N, L) into texts (N,).
        progress: told how far it is.
        metrics: what is measured, of `OWN` and of the gauges; empty for all.

    Raises:
        UsageError: for a wrong name.
        ArtganError: if too few texts are held out.
    """

    def __init__(
        self,
        data: Data,
        dataset: Dataset,
        gauges: Sequence[Gauge],
        readable: Callable[[NDArray[Any]], NDArray[Any]],
        progress: Progress,
        metrics: Iterable[str] = (),
    ) -> None:
        held_out = 0 if data.held_out is None else len(data.held_out)
        if data.held_out is None or held_out < FEWEST:
            raise ArtganError(f"{data.title} holds out {held_out} texts: at least {FEWEST} are needed to evaluate")
        self.spec, self.dataset, self.progress = data.spec, dataset, progress
        self.metrics = chosen(metrics, gauges)
        self.gauges = [gauge for gauge in gauges if gauge.name in self.metrics]
        self._texts, self._others = readable(data.samples[:MOST]), readable(data.held_out)
        self.train, self.held_out = _tensor(data.samples), _tensor(data.held_out)
        self._references = _cut(self.held_out.numpy(), self.spec)

    @cached_property
    def _judge(self) -> LanguageModel:
        return self._fit(self.train, "real texts")

    def real(self) -> Row:
        """Return what the held-out texts reach: an upper bound of what a generator can."""
        half = len(self.held_out) // 2
        texts, references = self._references[:half][:SCORED], self._references[half:]
        values = {}
        if LIKELIHOOD in self.metrics:
            values = dict.fromkeys(("LM", "RLM"), score(self._judge, self.held_out))
        values |= self._counted(texts, references) | self._true_likelihood(self.held_out.numpy())
        for gauge in self.gauges:
            known, measured = (self._others, self._texts) if gauge.metric.judges else (self._texts, self._others)
            for name, value in gauge.measure(known, measured).values.items():
                values.setdefault(name, value)
        return Row("real, held out", None, values)

    def measure(self, source: str, samples: NDArray[Any], texts: NDArray[Any], temperature: float) -> Row:
        """Return what was measured of texts.

        Args:
            source: whose they are.
            samples: their tokens (N, L), as many as were trained on where that can be.
            texts: the same as people read them, (N,).
            temperature: at which they were drawn.
        """
        tokens, values = _tensor(samples), {}
        if LIKELIHOOD in self.metrics:
            model = self._fit(tokens, f"{source} at temperature {temperature:g}")
            values = {"LM": score(self._judge, tokens), "RLM": score(model, self.held_out)}
        values |= self._counted(_cut(samples[:SCORED], self.spec), self._references)
        values |= self._true_likelihood(samples)
        for gauge in self.gauges:
            known = self._others if gauge.metric.judges else self._texts
            for name, value in gauge.measure(known, texts).values.items():
                values.setdefault(name, value)
        return Row(source, temperature, values)

    def likelihood(self, model: Model, seed: int = 0) -> float:
        """Return the negative log-likelihood per token of held-out texts under a generator at temperature 1.

        A text's probability is the mean over latents, here `LATENTS` of them, which overestimates the result a little
        (Burda et al. 2016, arXiv:1509.00519).

        Args:
            model: its generator gives ``log-probabilities``.
            seed: what latents come from.
        """
        network: Any = model.network
        generator = torch.Generator().manual_seed(seed)
        total, places = 0.0, 0.0
        with torch.inference_mode():
            for tokens in torch.split(self.held_out, 500):
                weights = before_end(tokens, self.spec.ends).double()
                scores = []
                for _ in range(LATENTS):
                    latents = torch.randn(len(tokens), model.generator.latent, dtype=torch.float64, generator=generator)
                    logarithms = network.log_distribution(tokens, latents, None)
                    scores.append((logarithms.gather(2, tokens[:, :, None]).squeeze(2) * weights).sum(1))
                total -= float((torch.stack(scores).logsumexp(0) - math.log(LATENTS)).sum())
                places += float(weights.sum())
        return total / places

    def _true_likelihood(self, samples: NDArray[Any]) -> dict[str, float]:
        truth = self.dataset.negative_log_likelihood(samples) if LIKELIHOOD in self.metrics else None
        return {} if truth is None else {"NLL oracle": float(truth.mean())}

    def _fit(self, tokens: torch.Tensor, whose: str) -> LanguageModel:
        what, steps = f"a language model of {whose}", count(CHECKED, CHECKED)
        self.progress(what, 0, STEPS)
        if tokens is self.train:
            train, valid = tokens, self.held_out
        else:
            apart = torch.arange(len(tokens)) % 10 == 0
            train, valid = tokens[~apart], tokens[apart]
        model = fit(train, valid, self.spec.vocabulary, self.spec.ends, lambda: self.progress(what, next(steps), STEPS))
        self.progress(what, STEPS, STEPS)
        return model

    def _counted(self, texts: list[list[int]], references: list[list[int]]) -> dict[str, float]:
        words, known = _named(texts), _named(references)
        values = {f"BLEU-{size}": bleu(words, known, size) for size in BLEUS if BLEU in self.metrics}
        values |= {f"Self-BLEU-{size}": self_bleu(words, size) for size in BLEUS if SELF_BLEU in self.metrics}
        if DISTINCT in self.metrics:
            pairs = [pair for text in texts for pair in pairwise(text)]
            values["distinct-2"] = len(set(pairs)) / max(1, len(pairs))
        return values


def chosen(names: Iterable[str], gauges: Iterable[Gauge]) -> set[str]:
    """Return the metrics of given names, or all where none is given.

    Raises:
        UsageError: for a wrong name.
    """
    known = dict.fromkeys([*OWN, *(gauge.name for gauge in gauges)])
    wanted = set(names)
    for name in sorted(wanted - known.keys()):
        raise UsageError(f"no metric of texts is called {name!r}{did_you_mean(name, list(known))}")
    return wanted or set(known)


def draw(model: Model, count: int, temperature: float, seed: int = SEED) -> NDArray[Any]:
    """Return the tokens (count, L) of new texts, drawn in one batch.

    Args:
        model: the generator.
        count: how many.
        temperature: of the draws.
        seed: what latents and draws come from.
    """
    network = model.with_sampling({"temperature": temperature}).network
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        drawn = []
        for start in range(0, count, 1000):
            latents = torch.randn(min(1000, count - start), model.generator.latent, dtype=torch.float64)
            drawn.append(model.modality.to_compact(network(latents, None)).numpy())
    return np.concatenate(drawn)


def verdict(rows: Sequence[Row], model: str, baseline: str) -> str:
    """Return where a model stands to the frontier of a baseline: ``above``, ``on`` or ``below``.

    The frontier is the line through the baseline's LM and RLM over temperatures; above is a lower RLM at the same LM.
    The model's best temperature counts.

    Args:
        rows: what was measured.
        model: the source of the model's rows.
        baseline: the source of the baseline's rows, at least one.
    """
    line = sorted((row.values["LM"], row.values["RLM"]) for row in rows if row.source == baseline)
    gains = [_gain(line, row.values["LM"], row.values["RLM"]) for row in rows if row.source == model]
    best = max(gains)
    return "above" if best > NEAR else "on" if best >= -NEAR else "below"


def _gain(line: Sequence[tuple[float, float]], quality: float, diversity: float) -> float:
    """Return by what share a point's RLM is lower than that of the line at its LM, which goes on level at its ends."""
    at, known = zip(*line, strict=True)
    return 1 - diversity / float(np.interp(quality, at, known))


def _tensor(samples: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(samples).astype(np.int64))


def _cut(samples: NDArray[Any], spec: Spec) -> list[list[int]]:
    """Return the tokens of each text, without the end and what follows."""
    rows = samples.tolist()
    return [row[: row.index(0)] if spec.ends and 0 in row else row for row in rows]


def _named(texts: list[list[int]]) -> list[list[str]]:
    return [[str(token) for token in text] for text in texts]
