"""Where to train."""

from __future__ import annotations

import torch

from ..errors import UsageError


def pick_device(name: str) -> torch.device:
    """Return the device of a name; ``auto`` takes an accelerator where there is one.

    Convolutions are made deterministic, so that a resumed run is the run it was.

    Raises:
        UsageError: if the name means nothing to torch, or this machine has no such device.
    """
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    if name == "auto":
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        return accelerator or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise UsageError(f"--device {name} cannot be used here: {reason}; try --device cpu") from None
    return device
