"""What the pictures of a folder or zip are like, one by one: for `artgan doctor`."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from os import cpu_count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan import printable
from artgan.interfaces import LeftOut, Workspace

from .picture_decoder import load, look_at, open_picture, quiet_decoding
from .picture_list import Item, Pictures, UnreadableError
from .picture_sources import open_source
from .pictures import chunks, digest_pictures

THUMB = 8
"""Pixels of a side of the thumbnails that pictures are compared by."""


@dataclass
class Survey:
    """What the pictures of one place are like; the lists run side by side.

    Attributes:
        names: of the pictures that can be decoded.
        widths: in pixels, upright.
        heights: in pixels, upright.
        digests: SHA-256 of each file.
        thumbs: uint8 (8, 8, 3) each, transparency on white.
        modes: how many pictures have each of Pillow's modes.
        formats: how many have each format.
        left_out: what cannot be used.
    """

    names: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    thumbs: list[NDArray[np.uint8]] = field(default_factory=list)
    modes: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)


def survey(path: Path, workspace: Workspace) -> Survey:
    """Decode every picture of a folder or zip and tell what it is like.

    Raises:
        ArtganError: if there is no such place.
    """
    seen = Survey()
    with open_source(path) as pictures, quiet_decoding(), ThreadPoolExecutor(min(4, cpu_count() or 1)) as pool:
        digests = digest_pictures(pictures, path, workspace)
        total = len(digests)
        for chunk in chunks(zip(pictures.items, digests, strict=True)):
            workspace.progress("looking at pictures", len(seen.names) + len(seen.left_out), total)
            found = pool.map(lambda job: _one(pictures, job[0]), chunk)
            for (item, digest), result in zip(chunk, found, strict=True):
                if isinstance(result, str):
                    seen.left_out.append(LeftOut(printable(item.name), result))
                    continue
                (width, height, mode, kind), thumb = result
                seen.names.append(printable(item.name))
                seen.widths.append(width)
                seen.heights.append(height)
                seen.digests.append(digest)
                seen.modes[mode] += 1
                seen.formats[kind] += 1
                seen.thumbs.append(thumb)
        workspace.progress("looking at pictures", total, total)
        seen.left_out[:0] = pictures.left_out
    return seen


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """Return a picture as uint8 (8, 8, 3), each pixel a mean, transparency on white."""
    small = image.resize((THUMB, THUMB), Image.Resampling.BOX)
    white = Image.new("RGBA", small.size, "white")
    return np.asarray(Image.alpha_composite(white, small.convert("RGBA")).convert("RGB"))


def sample_thumbnail(sample: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a decoded sample, uint8 (C, H, W), as uint8 (8, 8, 3)."""
    bands = [Image.fromarray(np.ascontiguousarray(band)) for band in sample]
    return thumbnail(Image.merge(("L", "LA", "RGB", "RGBA")[len(bands) - 1], bands))


def _one(pictures: Pictures, item: Item) -> tuple[tuple[int, int, str, str], NDArray[np.uint8]] | str:
    try:
        with open_picture(BytesIO(pictures.read(item))) as image:
            seen = look_at(image)
            thumb = thumbnail(load(image, (64, 64)))
    except UnreadableError as error:
        return str(error)
    return (seen.width, seen.height, seen.mode, seen.format), thumb
