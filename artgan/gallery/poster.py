"""A contact sheet for the wall: works of one run on a sheet of paper, as PNG and PDF."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from ..files import replacing
from ..marking import DIGITAL_SOURCE_TYPE
from ..model import Model

DPI = 300
WIDTH, HEIGHT = 3508, 4961
"""A3 upright, in dots."""

MARGIN, HEAD, FOOT = 260, 330, 260
GUTTER, LABEL = 0.16, 0.06
"""The space beside a work, and the height of its seed under it, as shares of its width with that space."""

PAPER, INK, QUIET = "#ffffff", "#1c1b19", "#67635c"
PIXEL_ART = 48
"""Pictures of at most so many pixels a side keep hard edges."""


class Poster:
    """A sheet of works.

    Args:
        samples: uint8 pictures (C, H, W) of one size.
        seeds: theirs.
        model: what made them.
        title: what stands above.
        columns: works in a row; None for as many as leave the works largest.
    """

    def __init__(
        self, samples: Sequence[NDArray[Any]], seeds: Sequence[int], model: Model, *, title: str, columns: int | None
    ) -> None:
        self.samples, self.seeds, self.model, self.title = samples, seeds, model, title
        _, self.height, self.width = samples[0].shape
        self.columns = columns or max(range(1, len(samples) + 1), key=lambda count: self._cell(count)[0])

    def write(self, path: Path) -> list[Path]:
        """Write the PDF and, beside it, the PNG; return their paths. Both are marked as AI-generated."""
        sheet = self.drawn()
        words = f"AI-generated with artgan ({DIGITAL_SOURCE_TYPE})"
        info = PngInfo()
        info.add_itxt("Source", words)
        picture = path.with_suffix(".png")
        with replacing(picture) as draft:
            sheet.save(draft, format="PNG", dpi=(DPI, DPI), pnginfo=info)
        with replacing(path) as draft:
            sheet.save(draft, format="PDF", resolution=DPI, title=self.title, subject=words, creator="artgan")
        return [path, picture]

    def drawn(self) -> Image.Image:
        """Return the sheet."""
        sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        draw = ImageDraw.Draw(sheet)
        draw.text((MARGIN, MARGIN), self.title, INK, ImageFont.load_default(110))
        wide, high = self._cell(self.columns)
        across, down = self._size(wide)
        block = self.columns * wide - (wide - across)
        left = (WIDTH - block) // 2
        for place, (sample, seed) in enumerate(zip(self.samples, self.seeds, strict=True)):
            x, y = left + place % self.columns * wide, MARGIN + HEAD + place // self.columns * high
            sheet.paste(self._enlarged(sample, across, down), (x, y))
            draw.text((x, y + down + 8), str(seed), QUIET, ImageFont.load_default(max(24, across // 14)))
        provenance = self.model.provenance
        told = (
            f"AI-generated with artgan, trained on: {provenance.dataset} ({provenance.licence}). Run {provenance.run}."
        )
        digest = f"Numbers are seeds; artgan makes each again. Weights {self.model.weights_digest[:16]}"
        for line, words in enumerate((told, digest)):
            draw.text((MARGIN, HEIGHT - MARGIN - 60 + 60 * line), words, QUIET, ImageFont.load_default(40))
        return sheet

    def _cell(self, columns: int) -> tuple[int, int]:
        """Return the width and height of a work with the space around it, as large as fits so many columns."""
        rows = math.ceil(len(self.samples) / columns)
        tall = (1 - GUTTER) * self.height / self.width + GUTTER + LABEL
        room = HEIGHT - 2 * MARGIN - HEAD - FOOT
        wide = int(min((WIDTH - 2 * MARGIN) / (columns - GUTTER), room / rows / tall))
        return wide, int(wide * tall)

    def _size(self, wide: int) -> tuple[int, int]:
        across = round(wide * (1 - GUTTER))
        if max(self.height, self.width) <= PIXEL_ART:
            across = max(1, across // self.width) * self.width
        return across, round(across * self.height / self.width)

    def _enlarged(self, sample: NDArray[Any], across: int, down: int) -> Image.Image:
        pixels = np.ascontiguousarray(sample.transpose(1, 2, 0))
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).convert("RGBA")
        ground = Image.new("RGB", picture.size, PAPER)
        ground.paste(picture, (0, 0), picture)
        hard = max(picture.size) <= PIXEL_ART
        return ground.resize((across, down), Image.Resampling.NEAREST if hard else Image.Resampling.BICUBIC)
