"""How pictures of any size and mode are brought to one shape: what the user may say, and what is chosen otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from artgan.interfaces import Machine

FITS = ("crop", "pad", "stretch")
SMALLEST, LARGEST = 8, 1024
SMALL = 32
"""Pixels of a side below which pictures are icons."""
USUAL_SIDE, LARGE_SIDE = 64, 128
"""Pixels of the longer side at most where the pictures are to decide: usually, and where there is time for more."""
LARGE_MINUTES = 30
"""So many of a processor made the works of `LARGE_SIDE` pixels that hang in the gallery; a GPU takes fewer."""
ELONGATED = 1.2
"""Three quarters of the pictures must be this much wider than high, or higher than wide, not to be made square."""

Colour = tuple[int, int, int]
Range = tuple[float, float]
"""The levels that become black and white."""

_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)


@dataclass(frozen=True)
class Layout:
    """The shape that pictures are brought to.

    Attributes:
        size: (height, width) in pixels, or None to be chosen from the pictures.
        channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, or None to be chosen from the pictures.
        fit: ``crop`` scales a picture to cover and cuts off the rest, ``pad`` scales it to fit and fills up with the
            background, ``stretch`` changes its proportions.
        background: what stands behind transparent pixels and beside padded pictures.
        max_side: pixels of the longer side at most, where the size is to be chosen.
    """

    size: tuple[int, int] | None
    channels: int | None
    fit: str
    background: Colour
    max_side: int = USUAL_SIDE

    @property
    def key(self) -> str:
        """What tells this layout from others in fingerprints, which are older than the choice of a side."""
        told = (
            f"Layout(size={self.size!r}, channels={self.channels!r}, fit={self.fit!r}, background={self.background!r})"
        )
        return told if self.size or self.max_side == USUAL_SIDE else f"{told} of at most {self.max_side}"


def parse_size(text: str) -> tuple[int, int] | None:
    """Return (height, width) for ``64`` or ``96x64`` (height x width), None for ``auto``.

    Raises:
        ValueError: for anything else, or a side out of range.
    """
    if text.strip().lower() == "auto":
        return None
    match = re.fullmatch(r"\s*(\d{1,6})\s*(?:x\s*(\d{1,6})\s*)?", text, re.ASCII | re.IGNORECASE)
    if not match:
        raise ValueError(f"size = {text!r} is neither auto, one number (64) nor HEIGHTxWIDTH (96x64)")
    height = int(match[1])
    width = int(match[2] or height)
    for side in (height, width):
        if not SMALLEST <= side <= LARGEST:
            raise ValueError(f"size = {text!r} is out of range (each side {SMALLEST} to {LARGEST} pixels)")
    return height, width


def parse_channels(text: str) -> int | None:
    """Return 1 to 4, or None for ``auto``.

    Raises:
        ValueError: for anything else.
    """
    text = text.strip().lower()
    if text == "auto":
        return None
    if text not in ("1", "2", "3", "4"):
        raise ValueError(f"channels = {text!r} is neither auto, 1 (grey), 2 (grey, alpha), 3 (RGB) nor 4 (RGBA)")
    return int(text)


def parse_range(text: str) -> Range | None:
    """Return (low, high) for ``0..4095``, None for ``auto``.

    Raises:
        ValueError: for anything else.
    """
    if text.strip().lower() == "auto":
        return None
    match = _RANGE.fullmatch(text)
    if not match or not float(match[1]) < float(match[2]):
        raise ValueError(f"range = {text!r} is neither auto nor LOW..HIGH, such as 0..4095")
    return float(match[1]), float(match[2])


def parse_colour(text: str) -> Colour:
    """Return the red, green and blue (0 to 255) of a colour such as ``#141218`` or ``white``.

    Raises:
        ValueError: if it is no opaque colour.
    """
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    from PIL import ImageColor

    try:
        red, green, blue, *alpha = ImageColor.getrgb(text)
    except ValueError:
        raise ValueError(f"background = {text!r} is no colour: write #rrggbb or a name such as white") from None
    if alpha not in ([], [255]) or not all(0 <= level <= 255 for level in (red, green, blue)):
        raise ValueError(f"background = {text!r} is no opaque colour of levels 0 to 255")
    return red, green, blue


def choose_size(widths: Sequence[int], heights: Sequence[int], max_side: int = USUAL_SIDE) -> tuple[int, int]:
    """Return the (height, width) that suits pictures of these sizes.

    The longer side is the largest power of two up to ``max_side`` that the median shorter side reaches; of pictures
    below `SMALL` it is the nearest multiple of 8. The shorter side keeps the median proportion, to the nearest multiple
    of 8, where three quarters of the pictures are elongated the same way; otherwise the pictures are made square.
    """
    shorter = int(median(min(pair) for pair in zip(widths, heights, strict=True)))
    side = max(SMALLEST, (shorter + 4) // 8 * 8) if shorter < SMALL else _power_of_two(shorter)
    side = min(side, _power_of_two(max_side))
    ratios = [width / height for width, height in zip(widths, heights, strict=True)]
    low, middle, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    if low >= ELONGATED:
        return _multiple_of_8(side / middle), side
    if high <= 1 / ELONGATED:
        return side, _multiple_of_8(side * middle)
    return side, side


def suitable_side(shorter: float, machine: Machine, minutes: float) -> tuple[int, str]:
    """Return how many pixels the longer side is to have at most, and why.

    Args:
        shorter: pixels of the shorter side of such a picture, more than `USUAL_SIDE`.
        machine: what is trained on.
        minutes: how long; 0 where that is not known.
    """
    max_side = LARGE_SIDE if machine.device != "cpu" or minutes >= LARGE_MINUTES else USUAL_SIDE
    reached = _power_of_two(shorter)
    if reached > max_side:
        time = f"--minutes {LARGE_MINUTES} or " if max_side == USUAL_SIDE else ""
        return max_side, f"of their {shorter:g} pixels; more by {time}--set dataset.max_side={2 * max_side}"
    if shorter > reached:
        return max_side, f"{reached} of their {shorter:g} pixels; more by --set dataset.size={int(shorter) // 8 * 8}"
    return max_side, f"all their {shorter:g} pixels"


def _power_of_two(pixels: float) -> int:
    """Return the largest that so many pixels reach."""
    return 1 << int(pixels).bit_length() - 1


def _multiple_of_8(length: float) -> int:
    return max(SMALLEST, int(length / 8 + 0.5) * 8)
