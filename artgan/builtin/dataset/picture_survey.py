"""Surveys a folder or zip of pictures: the headers of some, the pixels of fewer, the digests of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artgan.interfaces import LeftOut, PixelSurvey, Span, Survey, Workspace

from .picture_classes import Classifier
from .picture_decoder import Look, load, look, open_picture, quiet_decoding
from .picture_layout import Layout, Range
from .picture_levels import Ranges
from .picture_list import Item, Pictures, UnreadableError
from .picture_ranges import judge_levels
from .picture_sources import open_source
from .pictures import digest_pictures, refuse_none
from .reader_pool import read_each, silent

MAX_HEADERS = 256
"""How many pictures' headers are read."""
MAX_DECODED = 64
"""How many pictures are decoded."""
MAX_SIDE = 256
"""Pixels of a side of the middle of a picture that are looked at."""


def survey_pictures(
    path: Path, layout: Layout, workspace: Workspace, part: str = "", *, levels: Range | None = None
) -> Survey:
    """Return what the pictures of a folder or zip are like, as they are before they are brought to one shape.

    Args:
        path: the folder or zip.
        layout: the shape that they are brought to; where that is grey, they are looked at in grey.
        workspace: remembers digests.
        part: take only the sub-folder of this name.
        levels: what those of more than 8 bits run from and to; None to be judged by the pictures that are decoded.

    Raises:
        ArtganError: if there is no such place, or no file in it could be a picture.
    """
    with open_source(path, workspace, part) as pictures, quiet_decoding():
        digests = digest_pictures(pictures, path, workspace)
        refuse_none(pictures, path)
        readable, headers, left_out = _headers(pictures, workspace)
        classes = Classifier.of(pictures).classify([item.name for item in pictures.items])
        return Survey(
            modality="image",
            count=len(digests) - len(left_out),
            copies=len(digests) - len(set(digests)),
            classes=classes.names,
            pixels=_pixels(pictures, readable, headers, levels, grey=layout.channels in (1, 2)),
            left_out=(*pictures.left_out, *left_out),
        )


def _headers(pictures: Pictures, workspace: Workspace) -> tuple[list[Item], list[Look], list[LeftOut]]:
    """Return the pictures whose headers can be read, of some at equal distances, with these; and the others."""
    readable: list[Item] = []
    headers: list[Look] = []
    left_out: list[LeftOut] = []
    items = _spread(pictures.items, MAX_HEADERS, pictures.read_together)
    seen = read_each(partial(_header, pictures), items, "measuring pictures", workspace.progress)
    for item, found in zip(items, seen, strict=True):
        if isinstance(found, Look):
            headers.append(found)
            readable.append(item)
        else:
            left_out.append(LeftOut(pictures.whole_name(item), found))
    return readable, headers, left_out


def _header(pictures: Pictures, item: Item) -> Look | str:
    """Return the header of a picture, or why it cannot be read."""
    try:
        with pictures.open(item) as file:
            return look(file)
    except UnreadableError as error:
        return str(error)


def _pixels(
    pictures: Pictures, readable: list[Item], headers: list[Look], levels: Range | None, *, grey: bool
) -> PixelSurvey | None:
    """Return what pictures are like, with the sizes and kinds that the headers tell; None where none can be decoded."""
    items, deep = _spread(readable, MAX_DECODED), dict[str, list[Item]]()
    for item, header in zip(readable, headers, strict=True):
        if header.deep and item in items:
            deep.setdefault(header.deep, []).append(item)
    ranges = judge_levels(pictures, deep, silent, levels).ranges

    decoded = read_each(lambda item: _middle(pictures, item, ranges, grey), items, "looking at pictures", silent)
    usable = [pixels for pixels in decoded if pixels is not None]
    if not usable:
        return None
    return replace(
        PixelSurvey.of(usable),
        widths=Span.of([header.width for header in headers]),
        heights=Span.of([header.height for header in headers]),
        shorter_sides=Span.of([min(header.width, header.height) for header in headers]),
        modes=Counter(header.mode for header in headers),
        formats=Counter(header.format for header in headers),
    )


def _middle(pictures: Pictures, item: Item, ranges: Ranges, grey: bool) -> NDArray[np.uint8] | None:
    """Return the middle of a picture as uint8 (C, H, W), or None where it cannot be decoded."""
    try:
        with open_picture(BytesIO(pictures.read(item))) as opened:
            image = load(opened, (MAX_SIDE, MAX_SIDE), ranges)
            image = image.convert("LA" if "A" in image.getbands() else "L") if grey else image
    except UnreadableError:
        return None
    width, height = image.size
    left, top = max(0, (width - MAX_SIDE) // 2), max(0, (height - MAX_SIDE) // 2)
    pixels = np.asarray(image.crop((left, top, min(width, left + MAX_SIDE), min(height, top + MAX_SIDE))))
    return np.atleast_3d(pixels).transpose(2, 0, 1)


def _spread(items: Sequence[Item], most: int, together: int = 1) -> list[Item]:
    """Return at most so many, at equal distances; of more, so many of each place as are read together."""
    if not items:
        return []
    if len(items) <= most:
        together = 1
    places = np.unique(np.linspace(0, len(items) - together, min(len(items), most // together)).round().astype(int))
    return [items[place + number] for place in places for number in range(together)]
