"""What a run is trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """What there is to train with, as far as a choice of settings may depend on it.

    Attributes:
        device: the type of the device as torch names it: ``cpu``, ``cuda``, ``mps``…
        threads: how many threads compute on the CPU.
        memory: bytes that the device has, None where it does not tell.
        bfloat16: whether the device is fast at it.
    """

    device: str = "cpu"
    threads: int = 1
    memory: int | None = None
    bfloat16: bool = False
