"""What a machine has to train with."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import cache_folder
from ..interfaces import Machine


@dataclass(frozen=True)
class MachineFindings:
    """What there is to train on.

    Attributes:
        python: the version of Python and the system.
        torch: the version of torch.
        devices: where torch can train, the best first.
        threads: how many torch computes with.
        memory: bytes, or None where the system does not tell.
        cache: the folder for decoded data.
        free: bytes free in it.
    """

    python: str
    torch: str
    devices: tuple[str, ...]
    threads: int
    memory: int | None
    cache: Path
    free: int


def machine_of(device: str) -> Machine:
    """Return what presets may know of this machine with a device, which is ``auto`` or what torch calls it.

    Raises:
        UsageError: if it has no such device.
    """
    from ..training.device import choose_device, machine_with

    return machine_with(choose_device(device))


def inspect_machine() -> MachineFindings:
    """Return what this machine has."""
    import torch

    cache = cache_folder()
    devices = [f"cuda ({torch.cuda.get_device_name(number)})" for number in range(torch.cuda.device_count())]
    devices += ["mps"] if torch.backends.mps.is_available() else []
    existing = next(path for path in (cache.absolute(), *cache.absolute().parents) if path.exists())
    return MachineFindings(
        python=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        torch=torch.__version__,
        devices=(*devices, "cpu"),
        threads=torch.get_num_threads(),
        memory=_memory(),
        cache=cache,
        free=shutil.disk_usage(existing).free,
    )


def _memory() -> int | None:
    if sys.platform == "win32":
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        known: Any = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 if known else None
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
