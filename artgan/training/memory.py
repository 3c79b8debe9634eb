"""Keeps memory small, and says what to do where it ran out."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Spec
from ..recipe.recipe import Recipe
from ..recipe.settings import Training


@contextmanager
def explain_memory(recipe: Recipe, spec: Spec) -> Iterator[None]:
    """Turn running out of memory into an error that names the batch and the size of a sample.

    Raises:
        ArtganError: when memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        lacking = isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error)
        if not lacking:
            raise
        shape, batch = "×".join(str(side) for side in spec.shape), recipe.training.batch
        raise ArtganError(
            f"out of memory with a batch of {batch} samples of {shape}{_in_shards(recipe.training)}"
            f"--batch {max(1, batch // 2)}, a smaller size, or narrower networks"
        ) from None


def _in_shards(training: Training) -> str:
    """Return in words the shards of a batch, and the advice to cut it into more, where that leaves each two samples."""
    now = f" in {training.shards} shards" if training.shards > 1 else ""
    more = next((n for n in range(2 * training.shards, training.batch // 2 + 1) if training.batch % n == 0), 0)
    return f"{now}: try " + (f"--shards {more}, which plays the batch part by part, " if more else "")


def stay_within_memory() -> None:
    """On Linux, make allocations fail where free memory ends, so that a run is told instead of killed by the system."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    free = _kilobytes(Path("/proc/meminfo"), "MemAvailable") + _kilobytes(Path("/proc/meminfo"), "SwapFree")
    own = _kilobytes(Path("/proc/self/status"), "VmData")
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = (free + own) * 1024
    if free and (soft == resource.RLIM_INFINITY or limit < soft):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def most_memory(device: torch.device) -> int:
    """Return how many bytes this process has held at most, on a GPU or in all; 0 where that is not known."""
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device)
    if device.type != "cpu" or sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _kilobytes(table: Path, name: str) -> int:
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def release_pages(samples: NDArray[Any]) -> None:
    """Give the pages of a memory-mapped file that were read back to the system, where it has a call for that.

    They stay in the system's cache of files, but no longer count as this process's memory, which would otherwise grow
    to the size of the dataset.
    """
    mapped, advice = getattr(samples, "_mmap", None), getattr(mmap, "MADV_DONTNEED", None)
    if isinstance(mapped, mmap.mmap) and advice is not None:
        mapped.madvise(advice)
