"""Brings what the CPU has drawn or read to where networks compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """Return a tensor of the CPU on another device; an NVIDIA GPU gets it when it needs it, and nobody waits.

    A copy from usual memory would have the CPU wait until all is done that the GPU was told before; one from pinned
    memory takes its turn. The memory stays taken until it has been read.
    """
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
