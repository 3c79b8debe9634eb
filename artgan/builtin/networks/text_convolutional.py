"""The convolutional discriminator of texts."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan.interfaces import Spec

from .one_hot import embed


class TextCnnDiscriminator(nn.Module):
    """Judges a whole text by convolutions over it, on several embedded representations at once.

    After Kim 2014 (arXiv:1408.5882), with the representations of RelGAN (Nie et al. 2019): a logit of each, averaged.

    Args:
        spec: the shape of samples.
        width: filters of each length.
        embedding: numbers in a token's embedding, over all representations.
        representations: in how many parts the embedding is judged.
        dropout: the share of features left out.
    """

    def __init__(self, spec: Spec, *, width: int, embedding: int, representations: int, dropout: float) -> None:
        super().__init__()
        length, vocabulary = spec.shape
        if embedding % representations:
            raise ValueError(f"an embedding of {embedding} does not part into {representations} representations")
        self.representations = representations
        self.embedding = nn.Parameter(torch.randn(vocabulary, embedding))
        lengths = [size for size in (2, 3, 4, 5) if size <= length] or [length]
        part = embedding // representations
        self.convolutions = nn.ModuleList(nn.Conv2d(1, width, (size, part), stride=(1, part)) for size in lengths)
        features = width * len(lengths)
        self.mix, self.dropout, self.out = nn.Linear(features, features), nn.Dropout(dropout), nn.Linear(features, 1)

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B,)."""
        embedded = embed(samples, self.embedding)[:, None]
        found = [F.relu(convolution(embedded)).amax(2) for convolution in self.convolutions]
        features = torch.cat(found, 1).transpose(1, 2)  # (B, representations, features)
        features = features + F.relu(self.mix(features))
        return cast(Tensor, self.out(self.dropout(features)).squeeze(2).mean(1))
