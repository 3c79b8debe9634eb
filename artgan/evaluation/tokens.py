"""Measures generated sequences of tokens, such as texts, beside the same real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from ..artworks.compact_samples import compact_samples
from ..artworks.model import Model
from ..errors import ArtganError
from ..interfaces import Comparison, Data, Dataset, Progress, Samples, TokenProbabilities
from ..interfaces.networks import HeadedGenerator
from ..plugins.metric_runner import MetricRunner
from ..quantities import counted
from .intervals import measured
from .report import Row

TEMPERATURES = (0.5, 0.65, 0.8, 0.9, 1.0)
MIN_HELD_OUT, ENOUGH_HELD_OUT = 20, 100
"""Fewer samples held out tell nothing; fewer than enough tell little, and give no verdict."""

MAX_COMPARED = 20_000
"""Samples trained on that works are compared with at a time."""

SEED = 0
"""What works are drawn from."""

TOGETHER = 1000
"""Works that are drawn at once."""

LOGITS = 2**18
"""Logits of known sequences that are taken at once."""

REAL = "real, held out"


def held_out_tokens(data: Data, noun: str) -> NDArray[Any]:
    """Return the tokens (N, L) that nothing was trained on.

    Args:
        data: what was trained on, and what was held out.
        noun: what samples are called.

    Raises:
        ArtganError: if they are too few to evaluate by.
    """
    count = 0 if data.held_out is None else len(data.held_out)
    if data.held_out is None or count < MIN_HELD_OUT:
        raise ArtganError(
            f"{data.title} holds out {counted(count, noun)}: at least {MIN_HELD_OUT} are needed to evaluate; train "
            f"with more {noun}s, or a larger --set training.held_out"
        )
    return data.held_out


class TokenSession:
    """Measures sets of sequences against the same real ones.

    Args:
        data: what was trained on, and what was held out.
        dataset: where it comes from, which may know true likelihoods.
        runners: what is measured.
        for_metrics: turns tokens (N, L) into what people read, (N,).
        progress: told how far it is.
        noun: what samples are called.

    Raises:
        ArtganError: if too few are held out.
    """

    def __init__(
        self,
        data: Data,
        *,
        dataset: Dataset,
        runners: Sequence[MetricRunner],
        for_metrics: Callable[[NDArray[Any]], NDArray[Any]],
        progress: Progress,
        noun: str = "text",
    ) -> None:
        held_out = held_out_tokens(data, noun)
        self.runners, self.held_out = list(runners), len(held_out)
        self._for_metrics = for_metrics
        known = Samples(held_out, for_metrics=for_metrics)
        self._whole = Comparison(
            spec=data.spec,
            fake=known,
            held_out=known,
            train=Samples(data.samples, for_metrics=for_metrics),
            dataset=dataset,
            progress=progress,
        )
        self._compared = Samples(data.samples[:MAX_COMPARED], for_metrics=for_metrics)

    def real(self) -> Row:
        """Return what real samples reach: an upper bound of what a generator can."""
        return Row(REAL, None, self._measured(self._whole, of_real=True))

    def measure(
        self, source: str, samples: NDArray[Any], temperature: float, generator: TokenProbabilities | None = None
    ) -> Row:
        """Return what was measured of sequences.

        Args:
            source: whose they are.
            samples: their tokens (N, L), as many as were trained on where that can be.
            temperature: at which they were drawn.
            generator: what they come from, where it knows their probabilities, and drew them as it knows them.
        """
        comparison = replace(
            self._whole,
            fake=Samples(samples, for_metrics=self._for_metrics),
            whose=f"{source} at temperature {temperature:g}",
            generator=generator,
        )
        return Row(source, temperature, self._measured(comparison, of_real=False))

    def _measured(self, whole: Comparison, *, of_real: bool) -> dict[str, Any]:
        part = replace(whole, train=self._compared)
        return measured(self.runners, whole=whole, part=part, of_real=of_real, drawn_first="real")


class Probabilities:
    """The probabilities of what a model draws, as metrics ask for them.

    Args:
        model: its generator gives ``log-probabilities``.
    """

    def __init__(self, model: Model) -> None:
        self.latent, self._network, self._spec = model.generator.latent, model.network, model.spec

    def log_distribution(self, tokens: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of the probability of every token at each place (B, L, V)."""
        found: torch.Tensor = self._network.log_distribution(tokens, latents, None)  # type: ignore[operator]
        return found

    def log_likelihood(self, tokens: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of the probability of each sequence up to its end, (B,), computed in float32."""
        kept = torch.ones_like(tokens, dtype=torch.bool)
        if self._spec.ends:
            kept[:, 1:] = (tokens[:, :-1] != 0).cumprod(1).bool()
        values = torch.zeros(tokens.shape, dtype=torch.float64)
        values[kept] = self._of_tokens(tokens, latents.float(), kept).double()
        return values.sum(1)

    @cached_property
    def _fast(self) -> nn.Module:
        return deepcopy(self._network).float()

    def _of_tokens(self, tokens: torch.Tensor, latents: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of the probability of each token that is kept, (K,)."""
        network = self._fast
        if not isinstance(network, HeadedGenerator):
            known: torch.Tensor = network.log_distribution(tokens, latents, None)  # type: ignore[operator]
            return known.gather(2, tokens[:, :, None]).squeeze(2)[kept]

        # Logits of a few places at a time stay in the processor's cache.
        head, own = network.next_token_head(tokens, latents, None).at(kept), tokens[kept]
        most = max(1, LOGITS // len(head.weight))
        parts = [slice(start, start + most) for start in range(0, len(own), most)]
        return -torch.cat([cross_entropy(head.at(part).every(), own[part], reduction="none") for part in parts])


def draw(model: Model, count: int, temperature: float, seed: int = SEED) -> NDArray[Any]:
    """Return the tokens (count, L) of new sequences, drawn in one batch.

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
        for start in range(0, count, TOGETHER):
            latents = torch.randn(min(TOGETHER, count - start), model.generator.latent, dtype=torch.float64)
            drawn.append(compact_samples(network, model.modality, latents, None).numpy())
    return np.concatenate(drawn)
