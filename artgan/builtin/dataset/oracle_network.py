"""The synthetic oracle: an LSTM with random weights, from which sequences are drawn and under which any can be judged.

After SeqGAN (Yu et al. 2017, arXiv:1609.05473), whose oracle has a vocabulary of 5,000 and a width of 32.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan.interfaces import Data, Spec, Workspace

from .file_digests import content_key
from .sample_store import Begin, stored

FORMAT = "artgan oracle 1"
ROWS = 1000


class OracleNetwork(nn.Module):
    """One LSTM layer over an embedding, every weight and bias drawn from N(0, 1).

    Args:
        vocabulary: number of tokens.
        width: units of the LSTM and numbers in an embedding.
        seed: what the weights are drawn from.
    """

    def __init__(self, vocabulary: int, width: int, seed: int) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.embedding = nn.Embedding(vocabulary + 1, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.out = nn.Linear(width, vocabulary)
        random = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            nn.init.normal_(parameter, generator=random)
        self.requires_grad_(False)

    def negative_log_likelihood(self, tokens: Tensor) -> Tensor:
        """Return that of each token given those before it, (B, L) for tokens (B, L)."""
        start = torch.full_like(tokens[:, :1], self.vocabulary)
        hidden, _ = self.lstm(self.embedding(torch.cat([start, tokens[:, :-1]], 1)))
        logits = self.out(hidden).flatten(0, 1)
        return nn.functional.cross_entropy(logits, tokens.flatten(), reduction="none").view(tokens.shape)

    def draw(self, count: int, length: int, random: torch.Generator) -> Tensor:
        """Return sequences (count, length)."""
        state, tokens = None, torch.full((count, 1), self.vocabulary)
        drawn = []
        for _ in range(length):
            hidden, state = self.lstm(self.embedding(tokens), state)
            tokens = torch.multinomial(self.out(hidden[:, -1]).softmax(1), 1, generator=random)
            drawn.append(tokens)
        return torch.cat(drawn, 1)


def open_oracle(
    vocabulary: int, width: int, length: int, seed: int, *, count: int, held_out: int, workspace: Workspace
) -> Data:
    """Return sequences of an oracle, drawn once into the cache."""
    key = content_key(FORMAT, f"{vocabulary} {width} {length} {seed} {count} {held_out}")

    def fill(part: int, size: int, begin: Begin) -> None:
        network = OracleNetwork(vocabulary, width, seed)
        random = torch.Generator().manual_seed(2 * seed + part + 1)
        writer = begin((length,), size, np.uint16)
        for start in range(0, size, ROWS):
            workspace.progress("drawing from the oracle", start, size)
            rows: NDArray[np.uint16] = network.draw(min(ROWS, size - start), length, random).numpy().astype(np.uint16)
            writer.add(rows)
        workspace.progress("drawing from the oracle", size, size)
        writer.finish()

    parts = [
        stored(workspace.cache, content_key(key, str(part)), partial(fill, part, size)).samples
        for part, size in enumerate((count, held_out))
    ]
    tokens = tuple(str(number) for number in range(vocabulary))
    return Data(
        spec=Spec("text", (length, vocabulary), (), vocabulary, tokens, {"tokeniser": "word"}),
        samples=parts[0],
        labels=None,
        fingerprint=key,
        title=f"Oracle {seed}",
        licence="not subject to copyright",
        source=f"an LSTM of width {width} with random weights, drawn by artgan from seed {seed}",
        held_out=parts[1] if held_out else None,
    )
