"""Files of weights that plugins need and that no distribution may hold."""

from __future__ import annotations

from pathlib import Path

from ..plugins import weight_files
from ..plugins.weight_files import WeightFile


def add_weights(name: str, file: Path, *, sha256: str) -> WeightFile:
    """Keep a copy of a file, in the place of another of that name.

    Args:
        name: what plugins ask for.
        file: the file that the user has.
        sha256: what it must be, as published.

    Raises:
        UsageError: if it is another file, or there is none; nothing is kept then.
    """
    return weight_files.add(name, file, sha256)


def list_weights() -> tuple[WeightFile, ...]:
    """Return all weights that are kept, by name."""
    return tuple(weight_files.all_kept())


def remove_weights(name: str) -> WeightFile:
    """Remove weights, and return what they were.

    Raises:
        UsageError: if there are none of that name.
    """
    return weight_files.remove(name)
