"""A small causal transformer that draws text (Vaswani et al. 2017, arXiv:1706.03762).

Norms stand before the layers, so that it learns without much of a warm-up (Xiong et al. 2020, arXiv:2002.04745). B is
the batch, L the length, V the vocabulary, D the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from artgan.interfaces import Spec, TokenMask
from artgan.interfaces.networks import TokenHead

from .length_groups import run_in_groups
from .token_generator import State, TokenGenerator, lengths_of

SPREAD = 0.02
"""The standard deviation of weights at first."""
TOGETHER = 8
"""Texts of about one length that are gone over at once: all their places are, so that few are enough."""
WIDER = 4
"""How many times as wide as the rest the inner layer of a block is."""


class CausalBlock(nn.Module):
    """Attention to the places up to each, then two layers at each place; both are added to what comes in.

    Args:
        width: D.
        heads: that attend side by side, each to D / heads numbers.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_layers = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked, self.attended = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.layers = nn.Sequential(nn.Linear(width, WIDER * width), nn.GELU(), nn.Linear(WIDER * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, L, D) of (B, L, D), all places at once."""
        query, key, value = map(self._apart, self.project(x))
        # On a GPU, the gradients of the faster kernels differ from one time to the next.
        with sdpa_kernel(SDPBackend.MATH) if x.is_cuda else nullcontext():
            seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self._finish(x, seen)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return query, key and value, (B, L, D) each, of (B, L, D)."""
        query, key, value = self.asked(self.before_attention(x)).chunk(3, 2)
        return query, key, value

    def attend(self, x: Tensor, query: Tensor, keys: Tensor, values: Tensor, seen: Tensor) -> Tensor:
        """Return (B, 1, D) of one place.

        Args:
            x: what came in, (B, 1, D).
            query: of it, (B, 1, D).
            keys: of all places, (B, L, D).
            values: likewise.
            seen: whether a place is attended to, (B, L).
        """
        query, keys, values = map(self._apart, (query, keys, values))
        return self._finish(x, F.scaled_dot_product_attention(query, keys, values, attn_mask=seen[:, None, None]))

    def _finish(self, x: Tensor, seen: Tensor) -> Tensor:
        x = x + self.attended(seen.transpose(1, 2).flatten(2))
        whole: Tensor = x + self.layers(self.before_layers(x))
        return whole

    def _apart(self, x: Tensor) -> Tensor:
        """Return what each head sees, (B, heads, L, D / heads), of (B, L, D)."""
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)


class TransformerGenerator(TokenGenerator):
    """Draws text token by token, attending to all tokens before; the latent is added at each place.

    Its state are keys and values of all blocks and places, (B, depth * L * D) each, and the place, (B, 1).

    Args:
        spec: the shape of samples.
        latent: numbers in a latent.
        width: D, also of the tokens' embedding.
        depth: blocks.
        heads: of each block; they divide the width.
        temperature: what logits are divided by when tokens are drawn; 0 takes the likeliest. While training it is 1.
        top_k: how many of the likeliest tokens are drawn from; 0 for all, as while training.
        masks: what is allowed of texts, but while training.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        latent: int,
        width: int,
        depth: int,
        heads: int,
        temperature: float,
        top_k: int,
        masks: Sequence[TokenMask] = (),
    ) -> None:
        super().__init__(spec, latent=latent, embedding=width, temperature=temperature, top_k=top_k, masks=masks)
        self.position = nn.Parameter(torch.randn(self.length, width) * SPREAD)
        self.given = nn.Linear(latent, width, bias=False)
        self.blocks = nn.ModuleList(CausalBlock(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(self.vocabulary))
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=SPREAD)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        # What is given at each place must not drown the tokens, which by likelihood alone it tells nothing of.
        nn.init.normal_(self.given.weight, std=SPREAD / 4 / latent**0.5)

    def next_token_head(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> TokenHead:
        begin = torch.full_like(tokens[:, :1], self.vocabulary)
        before = self.embedding(torch.cat([begin, tokens[:, :-1]], 1))
        given = before + self.position + self.given(latents)[:, None]
        hidden = run_in_groups(self._read, given, lengths_of(tokens, self.ends), together=TOGETHER)
        return TokenHead(hidden, self.embedding.weight[:-1], self.bias)

    def begin(self, latents: Tensor) -> State:
        kept = len(self.blocks) * self.length * self.position.shape[1]
        return (
            latents.new_zeros(len(latents), kept),
            latents.new_zeros(len(latents), kept),
            latents.new_zeros(len(latents), 1),
        )

    def step(self, token: Tensor, latents: Tensor, state: State) -> tuple[Tensor, State]:
        keys, values, place = state
        return self._continue(token, latents, (keys.clone(), values.clone(), place))

    def _continue(self, token: Tensor, latents: Tensor, state: State) -> tuple[Tensor, State]:
        keys, values, place = state
        at = place.long()
        seen = torch.arange(self.length, device=at.device) <= at
        x = (self.embedding(token) + self.position[at.squeeze(1)] + self.given(latents))[:, None]
        written = at[:, :, None].expand(-1, 1, x.shape[2])
        for number, block in enumerate(self._all):
            own_keys, own_values = (self._of_block(part, number) for part in (keys, values))
            query, key, value = (part.to(keys.dtype) for part in block.project(x))
            own_keys.scatter_(1, written, key)
            own_values.scatter_(1, written, value)
            x = block.attend(x, query, own_keys, own_values, seen)
        return F.linear(self.norm(x.squeeze(1)), self.embedding.weight[:-1], self.bias), (keys, values, place + 1)

    @property
    def _all(self) -> Sequence[CausalBlock]:
        return cast(Sequence[CausalBlock], self.blocks)

    def _of_block(self, kept: Tensor, number: int) -> Tensor:
        """Return what is kept for a block, (B, L, D), of that for all."""
        return kept.view(len(kept), len(self.blocks), self.length, -1)[:, number]

    def _read(self, given: Tensor, rows: Tensor | slice) -> Tensor:
        for block in self._all:
            given = block(given)
        hidden: Tensor = self.norm(given)
        return hidden
