"""Quality and diversity of text by language models: LM and reverse LM.

LM is the negative log-likelihood per token of samples under a language model of real text: their quality. RLM is that
of real text under a language model of samples: their diversity (Cífka et al. 2018, arXiv:1804.07972; de Masson d'Autume
et al. 2019, arXiv:1905.09922). Both are in nats per token, the one that ends a text among them; lower is better.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Number

from ..networks.one_hot import before_end
from .token_sequences import ratio, spread

WIDTH, EMBEDDING, DROPOUT = 128, 64, 0.3
BATCH, RATE, CLIP = 64, 5e-3, 5.0
STEP_TOKENS, FEWEST = 2**10, 8
"""Tokens of the texts of a step, about, where these are long, and the fewest texts: steps are what teaches."""

AVERAGED = 50
"""Steps over which weights are averaged, about; it is their mean that is judged and kept."""

STEPS, CHECKED, PATIENCE = 1500, 50, 2
MOST_TOKENS = 2**15
"""Tokens of the texts that tell when to stop, at most; of more texts, some at equal distances are looked at."""

SEED = 0
AT_ONCE = 32
"""Texts of about one length, which nothing is computed for behind the longest of."""


class LanguageModel(nn.Module):
    """An LSTM that tells how likely each token is after those before it.

    Args:
        vocabulary: number of tokens.
        ends: whether token 0 ends a text.
    """

    def __init__(self, vocabulary: int, ends: bool) -> None:
        super().__init__()
        self.vocabulary, self.ends = vocabulary, ends
        self.embedding = nn.Embedding(vocabulary + 1, EMBEDDING)
        self.layer = nn.LSTM(EMBEDDING, WIDTH, batch_first=True)
        self.dropout, self.out = nn.Dropout(DROPOUT), nn.Linear(WIDTH, vocabulary)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of tokens (B, L), per token up to the ends."""
        values, places = self.of_each(tokens)
        return values.sum() / places.sum()

    def of_each(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return the negative log-likelihood of each text (B,) of (B, L), and its number of tokens up to the end."""
        tokens, kept = tokens.long(), before_end(tokens, self.ends)
        lengths = kept.sum(1)
        order = lengths.argsort()
        parts = [(rows, int(lengths[rows].max())) for rows in torch.split(order, AT_ONCE)]
        values = torch.cat([self._of_part(tokens[rows, :longest], kept[rows, :longest]) for rows, longest in parts])
        return values[order.argsort()], lengths.to(values.dtype)

    def _of_part(self, tokens: Tensor, kept: Tensor) -> Tensor:
        begin = torch.full_like(tokens[:, :1], self.vocabulary)
        hidden, _ = self.layer(self.dropout(self.embedding(torch.cat([begin, tokens[:, :-1]], 1))))
        values = F.cross_entropy(self.out(self.dropout(hidden[kept])), tokens[kept], reduction="none")
        return values.new_zeros(kept.shape).masked_scatter(kept, values).sum(1)


def fit(train: Tensor, valid: Tensor, vocabulary: int, ends: bool, progress: Callable[[], None]) -> LanguageModel:
    """Return a language model of texts, trained until it gets no better on others.

    Args:
        train: tokens (N, L).
        valid: tokens (M, L) that tell when to stop.
        vocabulary: number of tokens.
        ends: whether token 0 ends a text.
        progress: called now and then.
    """
    valid = spread(valid, MOST_TOKENS, ends)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED)
        model = LanguageModel(vocabulary, ends)
        optimiser = torch.optim.Adam(model.parameters(), RATE, fused=True)
        averaged, batch = deepcopy(model), _batch(train, ends)
        best, kept, worse = float("inf"), model.state_dict(), 0

        for step in range(1, STEPS + 1):
            rows = torch.randint(len(train), (batch,))
            optimiser.zero_grad()
            model(train[rows]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            with torch.no_grad():
                for mean, weight in zip(averaged.parameters(), model.parameters(), strict=True):
                    mean.lerp_(weight, 1 / min(step, AVERAGED))

            # The averaged weights are judged, and the best of them kept.
            if step % CHECKED:
                continue
            progress()
            value = score(averaged, valid)
            if value < best:
                best, kept, worse = value, deepcopy(averaged.state_dict()), 0
            elif (worse := worse + 1) == PATIENCE:
                break

        averaged.load_state_dict(kept)
        return averaged


def _batch(train: Tensor, ends: bool) -> int:
    """Return how many texts a step takes."""
    length = float(before_end(train, ends).sum()) / len(train)
    return min(BATCH, max(FEWEST, int(STEP_TOKENS / max(1.0, length))))


def score(model: LanguageModel, tokens: Tensor) -> float:
    """Return the negative log-likelihood per token of texts (N, L), N at most 5,000 of them."""
    return scored(model, tokens).value


def scored(model: LanguageModel, tokens: Tensor) -> Number:
    """Return the same with its margin."""
    model.eval()
    with torch.inference_mode():
        values, places = (part.double() for part in model.of_each(tokens[:5000]))
    model.train()
    return ratio(values, places)
