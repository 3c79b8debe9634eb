"""Reads one picture of anybody's, outside of a dataset but as one would."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, UsageError

from .picture_decoder import decode, quiet_decoding
from .picture_layout import FITS, Layout, Range, parse_colour, parse_range
from .picture_levels import Ranges
from .picture_list import MAX_BYTES, UnreadableError

WHITE = "#ffffff"


def read_picture(path: Path, shape: tuple[int, ...], options: Mapping[str, object]) -> NDArray[np.uint8]:
    """Return a picture as uint8 of a shape (C, H, W).

    Args:
        path: the file.
        shape: what it is brought to.
        options: of a dataset, which may come from anybody; ``fit``, ``background`` and ``range`` are used where they
            make sense.

    Raises:
        UsageError: if there is no file.
        ArtganError: if it cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not a file: give a picture")
    channels, height, width = shape
    fit = str(options.get("fit"))
    layout = Layout((height, width), channels, fit if fit in FITS else FITS[0], _colour(options.get("background")))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"is larger than {MAX_BYTES >> 20} MB")
        with quiet_decoding():
            return decode(path.read_bytes(), layout, Ranges(_range(options.get("range"))))
    except UnreadableError as error:
        raise ArtganError(f"{path} cannot be used: {error}") from None


def _colour(given: object) -> tuple[int, int, int]:
    try:
        return parse_colour(str(given))
    except ValueError:
        return parse_colour(WHITE)


def _range(given: object) -> Range | None:
    try:
        return parse_range(str(given))
    except ValueError:
        return None
