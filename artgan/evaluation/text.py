"""How good and how varied generated texts are, over temperatures, beside maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..artworks.model import Model
from ..builtin.networks.one_hot import before_end
from ..errors import ArtganError, UsageError, did_you_mean
from ..interfaces import Data, Dataset, Progress, Spec
from ..plugins.metric_runner import Gauge
from .bleu import self_bleus, sentence_bleus
from .comparison import REPEATS, SPREAD
from .language_model import CHECKED, STEPS, LanguageModel, fit, scored
from .ngram_counts import Text, distinct
from .subsampling import STUDENT, over_sets

TEMPERATURES = (0.5, 0.65, 0.8, 0.9, 1.0)
BLEUS = (2, 3, 4, 5)
DISTINCTS = (1, 2, 3)
FEWEST = 100
SCORED = 500
"""Texts whose BLEU is taken; and texts of a set whose Self-BLEU and distinct-n are, or as many as are held out."""

MOST = 20_000
"""Texts trained on beside which further metrics are taken at most."""

SEED = 0
"""What texts are drawn from."""

LATENTS = 16
"""Latents over which a text's probability is averaged."""

LIKELIHOOD, BLEU, SELF_BLEU, DISTINCT = "likelihood", "bleu", "self-bleu", "distinct"
VARIETY: Mapping[str, tuple[str, tuple[int, ...], Callable[[Sequence[Text]], NDArray[np.float64]]]] = {
    SELF_BLEU: ("Self-BLEU", BLEUS, lambda texts: self_bleus(texts, max(BLEUS)).mean(0)),
    DISTINCT: ("distinct", DISTINCTS, lambda texts: distinct(texts, max(DISTINCTS))),
}
"""How varied texts are: what is measured of a set, by lengths of n-grams."""

OWN = (LIKELIHOOD, BLEU, SELF_BLEU, DISTINCT)
"""What is measured beside the metrics that are components."""


@dataclass(frozen=True)
class Row:
    """What was measured of one set of texts.

    Attributes:
        source: whose texts.
        temperature: at which they were drawn; None for real ones.
        values: numbers by name.
        margins: half the widths of the 95 % intervals of those that have one.
    """

    source: str
    temperature: float | None
    values: Mapping[str, float]
    margins: Mapping[str, float] = field(default_factory=dict)

    def shown(self, name: str) -> str:
        """Return a number with its margin, if it has one, as text; nothing where it was not measured."""
        if name not in self.values:
            return ""
        value = f"{self.values[name]:.3f}"
        return f"{value} ± {self.margins[name]:.3f}" if name in self.margins else value


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
            raise ArtganError(
                f"{data.title} holds out {held_out} texts: at least {FEWEST} are needed to evaluate; train with more "
                "texts, or a larger held_out of the dataset"
            )
        self.spec, self.dataset, self.progress = data.spec, dataset, progress
        self.metrics = chosen(metrics, gauges)
        self.gauges = [gauge for gauge in gauges if gauge.name in self.metrics]
        self._texts, self._others = readable(data.samples[:MOST]), readable(data.held_out)
        self.train, self.held_out = _tensor(data.samples), _tensor(data.held_out)
        self._words = _cut(self.held_out.numpy(), self.spec)

    @cached_property
    def _judge(self) -> LanguageModel:
        return self._fit(self.train, "real texts")

    def real(self) -> Row:
        """Return what the held-out texts reach: an upper bound of what a generator can."""
        found = _Found()
        if LIKELIHOOD in self.metrics:
            for name in ("LM", "RLM"):
                found.add(name, *scored(self._judge, self.held_out))
        self._add_bleu(found, self._words[::2])
        self._add_variety(found, self._words)
        self._add_true_likelihood(found, self.held_out.numpy())
        for gauge in self.gauges:
            known, measured = (self._others, self._texts) if gauge.metric.judges else (self._texts, self._others)
            _gauge(found, gauge, known, measured)
        return Row("real, held out", None, found.values, found.margins)

    def measure(self, source: str, samples: NDArray[Any], texts: NDArray[Any], temperature: float) -> Row:
        """Return what was measured of texts.

        Args:
            source: whose they are.
            samples: their tokens (N, L), as many as were trained on where that can be.
            texts: the same as people read them, (N,).
            temperature: at which they were drawn.
        """
        tokens, words, found = _tensor(samples), _cut(samples, self.spec), _Found()
        if LIKELIHOOD in self.metrics:
            model = self._fit(tokens, f"{source} at temperature {temperature:g}")
            found.add("LM", *scored(self._judge, tokens))
            found.add("RLM", *scored(model, self.held_out))
        self._add_bleu(found, words)
        self._add_variety(found, words)
        self._add_true_likelihood(found, samples)
        for gauge in self.gauges:
            _gauge(found, gauge, self._others if gauge.metric.judges else self._texts, texts)
        return Row(source, temperature, found.values, found.margins)

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

    def _add_true_likelihood(self, found: _Found, samples: NDArray[Any]) -> None:
        truth = self.dataset.negative_log_likelihood(samples) if LIKELIHOOD in self.metrics else None
        if truth is not None:
            found.add("NLL oracle", *_mean(truth))

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

    def _add_bleu(self, found: _Found, texts: Sequence[Text]) -> None:
        """Add the BLEU of texts against every other held-out one: the rest are the real texts beside them."""
        if BLEU in self.metrics:
            values = sentence_bleus(texts[:SCORED], self._words[1::2], max(BLEUS))
            for size in BLEUS:
                found.add(f"BLEU-{size}", *_mean(values[:, size - 1]))

    def _add_variety(self, found: _Found, texts: Sequence[Text]) -> None:
        for metric, (name, sizes, statistic) in VARIETY.items():
            if metric in self.metrics:
                values, errors = over_sets(texts, statistic, min(SCORED, len(self._words)))
                for size in sizes:
                    found.add(f"{name}-{size}", values[size - 1], errors[size - 1], STUDENT)


class _Found:
    """Numbers by name, the first of each name, and their margins."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.margins: dict[str, float] = {}

    def add(self, name: str, value: float, error: float | None = None, spread: float = SPREAD) -> None:
        """Add a number, and its standard error where it is known, with how many of them are half its 95 % interval."""
        if name not in self.values:
            self.values[name] = float(value)
            if error is not None and math.isfinite(error):
                self.margins[name] = spread * float(error)


def _mean(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float | None]:
    """Return the mean of values of independent texts, and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else None


def _gauge(found: _Found, gauge: Gauge, known: NDArray[Any], texts: NDArray[Any]) -> None:
    """Add what a metric measures; as of pictures, the spread over halves drawn without replacement is its error."""
    random, halves = np.random.default_rng(0), list[dict[str, float]]()
    values = gauge.measure(known, texts).values
    for _ in range(REPEATS if values.keys() - found.values.keys() else 0):
        parts = (side[random.permutation(len(side))[: len(side) // 2]] for side in (known, texts))
        halves.append(gauge.measure(*parts).values)
    for name, value in values.items():
        spread = [half[name] for half in halves if name in half]
        found.add(name, value, float(np.std(spread, ddof=1)) if len(spread) > 1 else None)


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


def _tensor(samples: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(samples).astype(np.int64))


def _cut(samples: NDArray[Any], spec: Spec) -> list[list[int]]:
    """Return the tokens of each text, without the end and what follows."""
    rows = samples.tolist()
    return [row[: row.index(0)] if spec.ends and 0 in row else row for row in rows]
