"""Says what ran out of memory, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

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
