"""Keeps memory small, and says what to do where it ran out."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Spec
from ..recipe import Recipe


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
        shape = "×".join(str(side) for side in spec.shape)
        raise ArtganError(
            f"out of memory with a batch of {recipe.training.batch} samples of {shape}: "
            f"try --batch {max(1, recipe.training.batch // 2)}, a smaller size, or narrower networks"
        ) from None


def release_pages(samples: NDArray[Any]) -> None:
    """Give the pages of a memory-mapped file that were read back to the system, where it has a call for that.

    They stay in the system's cache of files, but no longer count as this process's memory, which would otherwise grow
    to the size of the dataset.
    """
    mapped = getattr(samples, "_mmap", None)
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
