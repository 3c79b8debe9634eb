"""Pictures that move, and a record that is awkward to write."""

from __future__ import annotations

import numpy as np
from PIL import Image

RECORD = {"walk": {"seeds": [3, 2**64 - 1]}, "run": 'a "樹" </artgan:record> &lt; ]]> \x00\x7f\ufffe', "share": 0.1}


def frame_count(image: Image.Image) -> int:
    """Return how many frames an opened picture has; formats that do not move have no such number."""
    return getattr(image, "n_frames", 1)


def samples(count=5, channels=1, side=64):
    """Smooth pictures that move."""
    y, x = np.mgrid[:side, :side]
    for frame in range(count):
        wave = np.stack([127 + 120 * np.sin(7 * (x + (c + 1) * y) / side + frame / 3) for c in range(channels)])
        if channels in (2, 4):
            wave[-1] = 255 * (x > frame)
        yield wave.astype(np.uint8)
