"""Surveys a folder or zip of pictures: the headers of some, the pixels of fewer, the digests of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from os import cpu_count
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
    with open_source(path, part) as pictures, quiet_decoding():
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
    items = _spread(pictures.items, MAX_HEADERS)
    for number, item in enumerate(items):
        workspace.progress("measuring pictures", number, len(items))
        try:
            with pictures.open(item) as file:
                headers.append(look(file))
            readable.append(item)
        except UnreadableError as error:
            left_out.append(LeftOut(pictures.whole_name(item), str(error)))
    workspace.progress("measuring pictures", len(items), len(items))
    return readable, headers, left_out


def _pixels(
    pictures: Pictures, readable: list[Item], headers: list[Look], levels: Range | None, *, grey: bool
) -> PixelSurvey | None:
    """Return what pictures are like, with the sizes and kinds that the headers tell; None where none can be decoded."""
    items, deep = _spread(readable, MAX_DECODED), dict[str, list[Item]]()
    for item, header in zip(readable, headers, strict=True):
        if header.deep and item in items:
            deep.setdefault(header.deep, []).append(item)
    ranges = judge_levels(pictures, deep, lambda what, done, total: None, levels).ranges

    with ThreadPoolExecutor(min(4, cpu_count() or 1)) as pool:
        decoded = list(pool.map(lambda item: _middle(pictures, item, ranges, grey), items))
    usable = [pixels for pixels in decoded if pixels is not None]
    if not usable:
        return None
    return replace(
        PixelSurvey.of(usable),
        widths=Span.of([header.width for header in headers]),
        heights=Span.of([header.height for header in headers]),
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


def _spread(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many, at equal distances."""
    if not items:
        return []
    places = np.unique(np.linspace(0, len(items) - 1, min(len(items), most)).round().astype(int))
    return [items[place] for place in places]
