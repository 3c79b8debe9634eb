"""Tokens that are drawn by what belongs to a sample and a place, and not to how many were drawn before.

Maddison et al. 2014, arXiv:1411.0030.
"""

from __future__ import annotations

import torch
from torch import Tensor

_ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
_MASK = 2**32 - 1


def drawn_keys(latents: Tensor) -> Tensor:
    """Return a new key for each sample, 0 to 2^32 - 1, (B,), where latents (B, latent) are."""
    return (torch.rand(len(latents), dtype=torch.float64, device=latents.device) * 2**32).long()


def drawn_token(logits: Tensor, keys: Tensor, now: Tensor, temperature: float) -> Tensor:
    """Return one token (B,) for each row of logits (B, V).

    Args:
        logits: of the tokens.
        keys: of the samples, as `gumbel_noise` takes them.
        now: ticks or other places, (B,).
        temperature: what logits are divided by, at least 0, which takes the likeliest.
    """
    if temperature == 0:
        return logits.argmax(1)
    return (logits.double() / temperature + gumbel_noise(keys, now, logits.shape[1])).argmax(1)


def gumbel_noise(keys: Tensor, now: Tensor, vocabulary: int) -> Tensor:
    """Return standard Gumbel numbers (B, V), a function of a sample's key, a tick and a token, alike on any machine.

    The hash is the finaliser of MurmurHash3, by 32 bits, so that a page computes the same.

    Args:
        keys: 0 to 2^32 - 1, (B,).
        now: ticks, (B,).
        vocabulary: V.
    """
    tokens = torch.arange(vocabulary, device=keys.device)
    mixed = (keys[:, None] * _ODD[0] + now[:, None] * _ODD[1] + tokens * _ODD[2]) & _MASK
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) & _MASK
    uniform = ((mixed ^ (mixed >> 16)).double() + 0.5) / 2**32
    return -(-uniform.log()).log()
