"""Where to train."""

from __future__ import annotations

import torch

from ..errors import UsageError, one_line
from ..interfaces import Machine
from .memory import stay_within_memory


def choose_device(name: str) -> torch.device:
    """Return the device of a name; ``auto`` takes an accelerator where there is one.

    Raises:
        UsageError: if the name means nothing to torch, or this machine has no such device.
    """
    if name == "auto":
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        return accelerator or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.ones(1, device=device).item()  # some devices, such as "meta", have no numbers
    except (RuntimeError, AssertionError, ImportError) as error:
        reason = one_line(error).partition(". ")[0].rstrip(".")
        raise UsageError(f"--device {name} cannot be used here: {reason}; try --device cpu") from None
    return device


def prepare_process(device: torch.device) -> None:
    """Make this process ready to train on a device; called once, before anything is built there.

    Convolutions become deterministic, so that a resumed run is the run it was; on a CPU, allocations fail where free
    memory ends.
    """
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    if device.type == "cpu":
        stay_within_memory()


def fast_precision(device: torch.device) -> str:
    """Return the arithmetic in which a device trains fastest: `bfloat16` where its hardware has it, else `float32`."""
    if device.type == "cpu":
        capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # new in torch 2.13
        fast = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    else:
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if fast else "float32"


def machine_with(device: torch.device) -> Machine:
    """Return what presets may know of a device and of the machine that it is in."""
    memory = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else None
    bfloat16 = fast_precision(device) == "bfloat16"
    return Machine(device=device.type, threads=torch.get_num_threads(), memory=memory, bfloat16=bfloat16)
