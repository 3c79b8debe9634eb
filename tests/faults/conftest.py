"""What the tests of faults share: small runs, as functions and as processes, and a disk that can be filled."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.processes import SMALL


@pytest.fixture
def bars(pictures: Path) -> tuple[object, ...]:
    """Arguments of a run that takes a millisecond or so a step."""
    return "run", pictures, *SMALL


@pytest.fixture
def state_of() -> Callable[[Path], str]:
    """Return the SHA-256 of the whole state in the newest checkpoint of a run."""

    def digest(run: Path) -> str:
        newest = max((run / "checkpoints").glob("step-*"))
        return hashlib.sha256((newest / "training.safetensors").read_bytes()).hexdigest()

    return digest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a real file system of a given size."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root on Linux")
    mounted = []

    def mount(size: str) -> Path:
        place = tmp_path / "disk"
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
        if done.returncode:
            pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.decode().strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", place], check=True)
