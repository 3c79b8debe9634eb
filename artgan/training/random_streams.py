"""Randomness as named streams, each a pure function of seed, purpose and step; nothing of it needs to be saved."""

from __future__ import annotations

import hashlib

import torch


def stream_seed(seed: int, purpose: str, step: int) -> int:
    """Return the 63-bit seed of one stream."""
    name = f"{seed}/{purpose}/{step}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little") >> 1


def stream(seed: int, purpose: str, step: int) -> torch.Generator:
    """Return a random stream on the CPU."""
    return torch.Generator().manual_seed(stream_seed(seed, purpose, step))
