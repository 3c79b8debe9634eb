"""The file that a model is kept in: its header and its weights.

It is one safetensors file whose metadata is JSON; nothing is ever pickled or unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArtganError, one_line
from ..files import is_utf8, replacing, with_usual_mode

if TYPE_CHECKING:
    from torch import Tensor

FILE_NAME = "model.safetensors"
FORMAT = 1

LARGEST_HEADER = 2**24
"""Bytes; a vocabulary of 100,000 words takes about two million."""

_KEY = "artgan"


def write(path: Path, header: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
    """Write a model's header and weights.

    Raises:
        ArtganError: if it cannot be written, as where the disk is full.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    metadata = {_KEY: json.dumps({"format": FORMAT, **header}, allow_nan=False)}
    try:
        with replacing(path) as draft, with_usual_mode(draft):
            save_file(dict(weights), draft, metadata=metadata)
    except SafetensorError as error:
        raise ArtganError(f"cannot write {path}: {one_line(error)}") from None


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the header and the weights; safetensors checks all sizes before it takes memory.

    Raises:
        ArtganError: if the file is missing, damaged or no model.
    """
    from safetensors import SafetensorError, safe_open

    header = read_header(path)
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return header, {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ArtganError(f"{path} is damaged or no model of artgan's: {one_line(error)}") from error


def read_header(path: Path) -> dict[str, Any]:
    """Return the header alone.

    Raises:
        ArtganError: if the file is missing, damaged or no model.
    """
    from safetensors import SafetensorError, safe_open

    if not is_utf8(path):
        raise ArtganError(f"{path} is a name that is no UTF-8, in which weights cannot be read: rename it")
    try:
        _check_length(path)
        with safe_open(path, framework="pt", device="cpu") as file:
            header = json.loads((file.metadata() or {})[_KEY])
        if not isinstance(header, dict):
            raise ValueError("its header is not a table")
    except FileNotFoundError:
        raise ArtganError(f"{path} does not exist") from None
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise ArtganError(f"{path} is damaged or no model of artgan's: {one_line(error)}") from error
    if header.get("format") != FORMAT:
        raise ArtganError(f"{path} is of format {header.get('format')}; this artgan reads format {FORMAT}")
    return header


def has_weights(path: Path, digest: str) -> bool:
    """Return whether a file, there or not, tells of the weights of a digest."""
    try:
        return bool(read_header(path).get("weights_digest") == digest)
    except ArtganError:
        return False


def _check_length(path: Path) -> None:
    """Check that the header is of sensible length, before anything of it is read.

    Raises:
        ValueError: if it is not.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(LARGEST_HEADER, path.stat().st_size - 8):
            raise ValueError("it does not begin as a safetensors file does")
