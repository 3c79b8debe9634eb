"""Quality and diversity of sequences of tokens by language models, and true likelihoods where they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artgan.interfaces import Comparison, Metric, Number, Role, Samples, Spec, TokenProbabilities

if TYPE_CHECKING:
    from torch import Tensor

    from .language_model import LanguageModel

LATENTS = 16
"""Latents over which a text's probability is averaged."""

SEED = 0
"""What they are drawn from."""

MOST_TOKENS = 2**16
"""Tokens of held-out texts whose probabilities are taken at most, over all those latents."""

TOGETHER = 512
"""Texts whose probabilities are taken at once."""


@dataclass(frozen=True)
class Likelihood(Metric):
    """How likely works are under a language model of the data (LM), and the data under one of works (RLM).

    Both are in nats per token; lower is better. NLL oracle is that of works under the true distribution, where the
    dataset knows it, and NLL test that of held-out samples under the generator itself. Of texts, LM and NLL test are
    given in bits per byte too, each text with a line break, which compares one tokeniser with another.
    """

    name = "likelihood"
    representation = "tokens"
    paper = "Cífka et al. 2018, arXiv:1804.07972; de Masson d'Autume et al. 2019, arXiv:1905.09922"
    reference = "trained on"
    interval = "own"
    beside_baseline = True

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        from .language_model import scored
        from .token_sequences import as_tensor, mean

        # quality under a model of the data, diversity under one of the works
        held_out = as_tensor(comparison.held_out.compact)
        of_data = comparison.train.once((Likelihood, comparison.held_out), lambda: _of_data(comparison))
        of_works = of_data if comparison.of_real else _of_works(comparison)
        quality = scored(of_data, as_tensor(comparison.fake.compact))
        diversity = scored(of_works, held_out)
        found = {
            "LM": replace(quality, role=Role.WORKS_LIKELIHOOD, meaning="nats per token: quality; lower is better"),
            "RLM": replace(diversity, role=Role.DATA_LIKELIHOOD, meaning="nats per token: diversity; lower is better"),
        }

        if (per_byte := bits_per_byte(quality, comparison.fake, comparison.spec)) is not None:
            found["LM bits/byte"] = replace(per_byte, meaning="of works: quality over tokenisers; lower is better")

        # the truth, where it is known
        dataset = comparison.dataset
        truth = None if dataset is None else dataset.negative_log_likelihood(comparison.fake.compact)
        if truth is not None:
            found["NLL oracle"] = replace(mean(truth), meaning="nats per token under the truth; lower is better")
        if comparison.generator:
            value = negative_log_likelihood(comparison.generator, held_out, comparison.spec)
            found["NLL test"] = replace(value, meaning="nats per token of held-out samples; lower is better")
            if (per_byte := bits_per_byte(value, comparison.held_out, comparison.spec)) is not None:
                found["NLL test bits/byte"] = replace(per_byte, meaning="of held-out samples; lower is better")
        return found


def bits_per_byte(nats: Number, samples: Samples, spec: Spec) -> Number | None:
    """Return nats per token of texts as bits per byte of UTF-8, a line break after each; None of what is no text."""
    import math

    from ..networks.one_hot import before_end
    from .token_sequences import as_tensor

    texts = samples.readable
    if not len(texts) or not isinstance(texts[0], str):
        return None
    tokens = float(before_end(as_tensor(samples.compact), spec.ends).sum())
    factor = tokens / sum(len(text.encode()) + 1 for text in texts) / math.log(2)
    return Number(nats.value * factor, None if nats.margin is None else nats.margin * factor)


def negative_log_likelihood(generator: TokenProbabilities, tokens: Tensor, spec: Spec) -> Number:
    """Return the negative log-likelihood per token of sequences under a generator.

    A sequence's probability is the mean over latents, here `LATENTS` of them, which overestimates the result a little
    (Burda et al. 2016, arXiv:1509.00519).

    Args:
        generator: knows the probabilities.
        tokens: (N, L), of which some at equal distances are looked at where they are long: `MOST_TOKENS` together.
        spec: says whether token 0 ends a sequence.
    """
    import math

    import torch

    from ..networks.one_hot import before_end
    from .token_sequences import ratio, spread

    tokens = spread(tokens, MOST_TOKENS, spec.ends)
    random = torch.Generator().manual_seed(SEED)
    values = []
    with torch.inference_mode():
        for part in torch.split(tokens, TOGETHER):
            scores = []
            for _ in range(LATENTS):
                latents = torch.randn(len(part), generator.latent, dtype=torch.float64, generator=random)
                scores.append(generator.log_likelihood(part, latents))
            values.append(math.log(LATENTS) - torch.stack(scores).logsumexp(0))
    return ratio(torch.cat(values), before_end(tokens, spec.ends).sum(1).double())


def _of_data(comparison: Comparison) -> LanguageModel:
    """Return a model of what was trained on, which stops by what was held out."""
    from .token_sequences import as_tensor

    train, held_out = (as_tensor(part.compact) for part in (comparison.train, comparison.held_out))
    return _fit(comparison, train, held_out, "real samples")


def _of_works(comparison: Comparison) -> LanguageModel:
    """Return a model of works, which stops by a tenth of them."""
    import torch

    from .token_sequences import as_tensor

    tokens = as_tensor(comparison.fake.compact)
    apart = torch.arange(len(tokens)) % 10 == 0
    return _fit(comparison, tokens[~apart], tokens[apart], comparison.whose)


def _fit(comparison: Comparison, train: Tensor, valid: Tensor, whose: str) -> LanguageModel:
    from itertools import count

    from .language_model import CHECKED, STEPS, fit

    what, steps, spec = f"a language model of {whose}", count(CHECKED, CHECKED), comparison.spec
    comparison.progress(what, 0, STEPS)
    model = fit(train, valid, spec.vocabulary, spec.ends, lambda: comparison.progress(what, next(steps), STEPS))
    comparison.progress(what, STEPS, STEPS)
    return model
