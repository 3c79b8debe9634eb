"""Where to train."""

from __future__ import annotations

import os
import platform

import torch

from ..errors import UsageError, one_line
from ..interfaces import Machine
from ..quantities import counted
from .memory import stay_within_memory
from .processes import ALONE, Processes


def choose_device(name: str, processes: Processes = ALONE) -> torch.device:
    """Return the device of a name; ``auto`` takes an accelerator where there is one.

    Several processes each take an accelerator of their own, and those of a machine must be of one kind.

    Raises:
        UsageError: if the name means nothing to torch, or this machine has no such device, or not one for each process.
    """
    device = _device_of(name)
    if processes.count == 1 or device.type == "cpu":
        return device
    if device.type != "cuda":
        raise UsageError(f"several processes cannot train together on {device.type}: start one, or give --device cpu")
    there = torch.cuda.device_count()
    if processes.local_count > there or device.index is not None:
        what = f"has {counted(there, 'GPU')}" if device.index is None else f"was told to train on {device} alone"
        raise UsageError(
            f"this machine {what}, for {processes.local_count} processes, and each needs its own: "
            f"start {there} on it and leave out --device, or give --device cpu"
        )
    own = torch.device("cuda", processes.local)
    torch.cuda.set_device(own)
    return own


def kind_of(device: torch.device) -> str:
    """Return of which kind a device is: on devices of one kind, numbers come out the same to the last bit."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}" if device.type == "cpu" else device.type


def _device_of(name: str) -> torch.device:
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

    On a GPU every operation that has a deterministic implementation takes it, so that a resumed run is the run it was;
    torch would warn of one that has none. On a CPU, allocations fail where free memory ends.
    """
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it products of matrices are none of them
        torch.use_deterministic_algorithms(True, warn_only=True)
        # Nothing here reads what it has not written.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
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
