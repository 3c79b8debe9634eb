"""Tells what the levels of pictures of more than 8 bits run from and to, over all pictures of a place at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from .picture_layout import Range
from .picture_list import UnreadableError

Span = tuple[float, float]
"""The lowest and the highest level of one picture."""

BITS, INTEGERS, FLOATS = "16-bit", "32-bit", "float"
"""What levels may be besides bytes."""
FULL: Mapping[str, Range] = {BITS: (0, 65535), INTEGERS: (0, 65535), FLOATS: (0, 1)}
_DEPTHS: list[Range] = [(0, 255), (0, 1023), (0, 4095), (0, 16383), (0, 65535)]
CANDIDATES: Mapping[str, Sequence[Range]] = {
    BITS: _DEPTHS,
    INTEGERS: _DEPTHS,
    FLOATS: [(0, 1), (-1, 1), (0, 255), (0, 65535)],
}
"""What cameras, scanners and programs use, the smallest first."""
MIN_REACH = 1 / 16
"""The share of a range of floats that is reached by the highest level where it is the right one."""
SLACK = 0.01
"""How far floats may lie outside of their range, as resizing leaves them, as a share of it."""
ROWS = 64
MAX_COLOURS = 2**24
"""Pixels of the largest picture whose colours are brought to bytes from a part of 16 bits."""
FEW = 0.05
"""Where all but so few pictures stay within a smaller range, a person is told."""

COLOURS = ("RGB", "RGBA")
"""The modes of pictures with colours, whose levels Pillow may have cut to bytes."""
_COLOURS = re.compile(r"RGBA?;16[BLN]")
_SWAPPED = {"16B": "16L", "16L": "16B", "16N": "16B"}


@dataclass(frozen=True)
class Ranges:
    """What levels run from and to.

    Attributes:
        given: what a person says; None for nothing.
        judged: what was found for each kind of levels; the full range of its type where nothing was.
    """

    given: Range | None = None
    judged: Mapping[str, Range] = field(default_factory=dict)

    def of(self, kind: str) -> Range:
        """Return the range of a kind of levels."""
        return self.given or self.judged.get(kind, FULL[kind])

    def bytes_of(self, levels: NDArray[Any], kind: str) -> NDArray[np.uint8]:
        """Return levels of any shape as bytes; what lies outside of a range that is given is cut off.

        Raises:
            UnreadableError: if levels are no numbers, or lie outside of the range that was found.
        """
        low, high = self.of(kind)
        slack = SLACK * (high - low) if kind == FLOATS else 0
        seen = float(levels.min()), float(levels.max())
        if not np.isfinite(seen).all():
            raise UnreadableError("some of its levels are no numbers")
        if not self.given and not (seen[0] >= low - slack and seen[1] <= high + slack):
            raise UnreadableError(
                f"its levels lie outside {shown((low, high))}: say what they are with range=LOW..HIGH"
            )

        pixels = np.empty(levels.shape, np.uint8)
        for start in range(0, len(levels), ROWS):  # so that large pictures take little memory
            scaled = (levels[start : start + ROWS].astype(np.float32) - low) * (255 / (high - low)) + 0.5
            pixels[start : start + ROWS] = scaled.clip(0, 255)
        return pixels


FULL_RANGES = Ranges()


def kind_of(image: Image.Image) -> str:
    """Return what the levels of an opened, undecoded picture are: nothing where they are bytes."""
    if image.mode == "F":
        return FLOATS
    if image.mode == "I":
        return INTEGERS
    return BITS if image.mode.startswith("I;16") or _COLOURS.fullmatch(_raw_mode(image)) else ""


def levels_of(image: Image.Image) -> NDArray[Any]:
    """Decode an opened picture of more than 8 bits to its levels, (H, W) or (H, W, C)."""
    if image.mode not in COLOURS:
        return np.asarray(image)
    # Of colours Pillow keeps the high bytes alone; with the order of bytes changed, it keeps the low ones.
    assert isinstance(image, ImageFile.ImageFile)
    assert image.fp
    if image.width * image.height > MAX_COLOURS:
        raise UnreadableError(f"{image.width} x {image.height} pixels of 16-bit colours are too many")
    raw = _raw_mode(image)
    swapped = raw[:-3] + _SWAPPED[raw[-3:]]
    image.fp.seek(0)
    with Image.open(BytesIO(image.fp.read()), formats=[image.format or ""]) as low:
        assert isinstance(low, ImageFile.ImageFile)
        low.tile = [
            tile._replace(args=(swapped, *tile.args[1:]) if isinstance(tile.args, tuple) else swapped)
            for tile in low.tile
        ]
        fine = np.asarray(low).astype(np.uint16)
    return np.asarray(image).astype(np.uint16) * 256 + fine


def span_of(image: Image.Image) -> Span | None:
    """Decode an opened picture of more than 8 bits; return its lowest and highest level, or None for NaN.

    Of colours the high bytes tell how many bits are used, and the highest level of so many is returned.
    """
    if image.mode in COLOURS:
        return 0.0, 256.0 * float(np.asarray(image)[..., :3].max()) + 255
    levels = levels_of(image)
    span = float(levels.min()), float(levels.max())
    return span if np.isfinite(span).all() else None


def judge(kind: str, spans: Sequence[Span]) -> Range:
    """Return the smallest of the usual ranges that as many pictures as possible lie within."""
    highest = max((high for _, high in spans), default=0)
    if highest <= 0:
        return FULL[kind]
    usual = [found for found in CANDIDATES[kind] if kind != FLOATS or found[1] <= 1 or highest >= MIN_REACH * found[1]]
    within = [_within(kind, found, spans) for found in usual]
    return usual[within.index(max(within))]


def note_on(kind: str, spans: Sequence[Span], found: Range) -> str:
    """Return in a line what was found for a kind of levels, and that it may be another."""
    told = f"{kind} levels run from {shown(found)}, judged over {len(spans):,} of the pictures"
    told += "; --dataset folder:range=LOW..HIGH overrides"
    for smaller in CANDIDATES[kind]:
        few = len(spans) - _within(kind, smaller, spans)
        if smaller[1] < found[1] and 0 < few <= FEW * len(spans):
            return f"{told}; all but {few:,} of them stay within {shown(smaller)}"
    return told


def shown(found: Range) -> str:
    """Return a range as people read it."""
    return " to ".join(f"{level:,.10g}" for level in found)


def _within(kind: str, found: Range, spans: Sequence[Span]) -> int:
    slack = SLACK * (found[1] - found[0]) if kind == FLOATS else 0
    return sum(found[0] - slack <= low and high <= found[1] + slack for low, high in spans)


def _raw_mode(image: Image.Image) -> str:
    """Return how the file keeps its levels, as Pillow calls it, such as ``RGB;16B``; nothing where it does not say."""
    tiles = image.tile if isinstance(image, ImageFile.ImageFile) else []
    args = tiles[0].args if tiles else ""
    raw = args[0] if isinstance(args, tuple) and args else args
    return raw if isinstance(raw, str) else ""
