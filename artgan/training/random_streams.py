"""Randomness as named streams, functions of seed, purpose, step and shard alone; nothing of it needs to be saved."""

from __future__ import annotations

import hashlib

import torch


def stream_seed(seed: int, purpose: str, step: int, shard: int = 0) -> int:
    """Return the 63-bit seed of one stream; that of the first shard is the one of a batch that is not cut."""
    name = f"{seed}/{purpose}/{step}" + (f"/{shard}" if shard else "")
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") >> 1


def stream(seed: int, purpose: str, step: int, shard: int = 0) -> torch.Generator:
    """Return a random stream on the CPU."""
    return torch.Generator().manual_seed(stream_seed(seed, purpose, step, shard))


class GameStreams:
    """The random numbers of a game.

    Args:
        seed: the root of all of them.
        device: where networks draw from themselves.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._root = self.seed = seed
        self._device = device

    def shuffle(self, number: int) -> None:
        """Draw others from now on; those of number 0 are the first ones."""
        self.seed = stream_seed(self._root, "rollback", number) if number else self._root

    def stream(self, purpose: str, step: int, shard: int) -> torch.Generator:
        """Return a random stream on the CPU."""
        return stream(self.seed, purpose, step, shard)

    def seed_networks(self, purpose: str, step: int, shard: int = 0) -> None:
        """Seed what networks draw from themselves, as dropout does; `torch.manual_seed` would visit every backend."""
        seed = stream_seed(self.seed, purpose, step, shard)
        torch.default_generator.manual_seed(seed)
        if self._device.type != "cpu":
            torch.get_device_module(self._device).manual_seed(seed)
