"""Which samples of a dataset are the same, and which pictures look it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from ..interfaces import Data

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THUMB = 8
"""Pixels of a side of the thumbnails that pictures are compared by."""
MAX_BITS, MAX_LEVELS = 4, 4
"""Pictures that look alike differ in at most so many of the 64 bits of their average hash, and in their thumbnails by a
mean of less than so many levels of 255."""
MAX_COMPARED = 256
"""How many thumbnails one picture is compared with."""

Groups = tuple[tuple[str, ...], ...]


def duplicates(data: Data, representation: str) -> tuple[Groups, Groups]:
    """Return the names of samples that are the same, and of pictures that look the same, group by group.

    Of those that are the same, the first alone is among those that look alike. Samples without names have numbers.

    Args:
        data: the samples.
        representation: that of their modality; pixels alone can look alike.
    """
    names = list(data.names) or [f"number {number}" for number in range(len(data))]
    digests = [sha256(sample.tobytes()).digest() for sample in data.samples]
    same = _groups(zip(digests, names, strict=True))
    if representation != "pixels" or not names:
        return same, ()

    firsts = sorted({digest: number for number, digest in reversed(list(enumerate(digests)))}.values())
    thumbs = [_thumbnail(data.samples[number]) for number in firsts]
    return same, _alike([names[number] for number in firsts], thumbs)


def _groups(pairs: Iterable[tuple[Hashable, str]]) -> Groups:
    """Return the names that share a key, where two or more do."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for key, name in pairs:
        found[key].append(name)
    return tuple(tuple(names) for names in found.values() if len(names) > 1)


def _alike(names: Sequence[str], thumbs: Sequence[NDArray[np.uint8]]) -> Groups:
    """Group pictures that have nearly the average hash, and nearly the thumbnail, of the group's first."""
    import numpy as np

    levels = np.stack(thumbs).astype(np.int16)
    grey = levels.mean(axis=-1).reshape(len(names), -1)
    hashes = np.packbits(grey > grey.mean(axis=1, keepdims=True), axis=1).view(np.uint64)[:, 0]

    firsts = np.zeros(len(names), np.int64)
    groups: list[list[str]] = []
    for number, name in enumerate(names):
        known = firsts[: len(groups)]
        near = np.flatnonzero(np.bitwise_count(hashes[known] ^ hashes[number]) <= MAX_BITS)[:MAX_COMPARED]
        alike = near[np.abs(levels[known[near]] - levels[number]).mean(axis=(1, 2, 3)) < MAX_LEVELS]
        if len(alike):
            groups[alike[0]].append(name)
        else:
            firsts[len(groups)] = number
            groups.append([name])
    return tuple(tuple(names) for names in groups if len(names) > 1)


def _thumbnail(sample: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture, uint8 (C, H, W), as uint8 (8, 8, 3), each pixel a mean, transparency on white."""
    import numpy as np
    from PIL import Image

    bands = [Image.fromarray(np.ascontiguousarray(band)) for band in sample]
    image = Image.merge(("L", "LA", "RGB", "RGBA")[len(bands) - 1], bands)
    small = image.resize((THUMB, THUMB), Image.Resampling.BOX)
    white = Image.new("RGBA", small.size, "white")
    return np.asarray(Image.alpha_composite(white, small.convert("RGBA")).convert("RGB"))
