"""The name of a run that is to begin: what it may be, and the next that is free."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..artworks.places import gallery_folder, is_reserved, runs_folder
from ..errors import UsageError
from ..recipe.recipe import Recipe

MAX_DATA_BYTES = 100
"""Of the data's name in that of a run: file systems take 255 bytes in all."""

MAX_BYTES = 200
"""Of a name in UTF-8, to which those of files beside the run are added."""

_NAME = re.compile(r"\w[\w.-]{0,99}")


def check_name(out: Path, name: str) -> None:
    """Check that a run can have a name, and that none has it already, whose works would be replaced.

    Args:
        out: the folder that holds ``runs`` and ``gallery``.
        name: what was asked for.

    Raises:
        UsageError: if it is no name, or taken.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"--name {name!r} is no name: use letters, digits, dots, dashes and underscores")
    if (size := len(name.encode())) > MAX_BYTES:
        raise UsageError(f"--name {name!r} takes {size} bytes: use at most {MAX_BYTES}")
    if is_reserved(name):
        raise UsageError(f"--name {name!r} is what galleries call a file of their own: choose another")
    if _is_taken(runs_folder(out) / name):
        raise UsageError(f"there is a run {name!r} already: choose another --name, or --resume it")
    if _is_taken(hung := gallery_folder(out) / name):
        raise UsageError(f"works of a run {name!r} hang in {hung} already: choose another --name, or remove them")


def free_name(out: Path, recipe: Recipe) -> str:
    """Return a name that tells dataset, generator, loss and the next number that is free."""
    path = recipe.dataset.values().get("path")
    data = Path(str(path)).stem if path else recipe.dataset.name
    words = [_beginning(data, MAX_DATA_BYTES), recipe.generator.name, recipe.loss.name]
    stem = re.sub(r"[^\w]+", "-", "-".join(words)).strip("-").lower()

    names = (f"{stem}-{number}" for number in range(1, 10**6))
    return next(name for name in names if not any(_is_taken(place / name) for place in _places(out)))


def _places(out: Path) -> tuple[Path, Path]:
    return runs_folder(out), gallery_folder(out)


def _is_taken(place: Path) -> bool:
    """Return whether there is something, but for an empty folder."""
    return os.path.lexists(place) and not (place.is_dir() and not any(place.iterdir()))


def _beginning(text: str, most: int) -> str:
    """Return the first signs of text that take no more than so many bytes in UTF-8."""
    return text.encode()[:most].decode(errors="ignore")
