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

from ...ai_mark import DIGITAL_SOURCE_TYPE, MARK, xmp
from ...artworks.model import Model
from ...errors import UsageError
from ...files import replacing
from .fonts import lettering
from .typesetter import as_pictures

DPI = 300
WIDTH, HEIGHT = 3508, 4961
"""A3 upright, in dots."""

MARGIN, HEAD, FOOT = 260, 330, 260
GUTTER, LABEL = 0.16, 0.06
"""The space beside a work, and the height of its seed under it, as shares of its width with that space."""

PAPER, INK, QUIET = "#ffffff", "#1c1b19", "#67635c"
PIXEL_ART = 48
"""Pictures of at most so many pixels a side keep hard edges."""


def on_paper(model: Model, samples: Sequence[NDArray[Any]]) -> tuple[list[Image.Image], str]:
    """Return works as pictures of one size, texts set in type, and the characters that no font here has.

    Args:
        model: what made them.
        samples: compact.

    Raises:
        UsageError: if they are neither pictures nor texts.
    """
    modality = model.modality
    pictures = [picture for picture in map(modality.picture, samples) if picture is not None]
    if len(pictures) == len(samples):
        return pictures, ""
    words = modality.to_text(np.stack(samples))
    if not words:
        raise UsageError(f"this run makes {model.spec.modality}, which cannot be put on paper")
    told = model.spec.presentation
    return as_pictures(words, vertical=told.get("writing") == "vertical", lang=told.get("lang", ""))


def notes_of(model: Model) -> tuple[str, str]:
    """Return what stands below works on paper: how they were made."""
    provenance = model.provenance
    told = f"{MARK}, trained on: {provenance.dataset} ({provenance.licence}). Run {provenance.run}."
    return told, f"Numbers are seeds; artgan makes each again. Weights {model.weights_digest[:16]}"


class Poster:
    """A sheet of works.

    Args:
        pictures: the works, of one size, as `on_paper` returns them.
        seeds: theirs.
        model: what made them.
        title: what stands above.
        columns: works in a row; None for as many as leave the works largest.

    Attributes:
        left_out: characters of the title and of the data's that no font here has, each once; known once it is drawn.
    """

    def __init__(
        self, pictures: Sequence[Image.Image], seeds: Sequence[int], model: Model, *, title: str, columns: int | None
    ) -> None:
        self.pictures, self.seeds, self.model, self.title = pictures, seeds, model, title
        self.left_out = ""
        self.width, self.height = pictures[0].size
        self.columns = columns or max(range(1, len(pictures) + 1), key=lambda count: self._cell(count)[0])

    def write(self, path: Path) -> list[Path]:
        """Write the PDF and, beside it, the PNG; return their paths. Both are marked as AI-generated."""
        sheet = self.drawn()
        words = f"{MARK} ({DIGITAL_SOURCE_TYPE})"
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp())
        info.add_itxt("Source", words)
        picture = path.with_suffix(".png")
        with replacing(picture) as draft:
            sheet.save(draft, format="PNG", dpi=(DPI, DPI), pnginfo=info)
        with replacing(path) as draft:
            told = {"title": self.title, "subject": words, "keywords": DIGITAL_SOURCE_TYPE}
            sheet.save(draft, format="PDF", resolution=DPI, creator="artgan", producer="artgan", **told)
        return [path, picture]

    def drawn(self) -> Image.Image:
        """Return the sheet."""
        sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        draw = ImageDraw.Draw(sheet)
        self._letter(draw, MARGIN, self.title, INK, 110)

        wide, high = self._cell(self.columns)
        across, down = self._size(wide)
        block = self.columns * wide - (wide - across)
        left = (WIDTH - block) // 2
        for place, (picture, seed) in enumerate(zip(self.pictures, self.seeds, strict=True)):
            x, y = left + place % self.columns * wide, MARGIN + HEAD + place // self.columns * high
            sheet.paste(self._enlarged(picture, across, down), (x, y))
            draw.text((x, y + down + 8), str(seed), QUIET, ImageFont.load_default(max(24, across // 14)))

        for line, words in enumerate(notes_of(self.model)):
            self._letter(draw, HEIGHT - MARGIN - 60 + 60 * line, words, QUIET, 40)
        return sheet

    def _letter(self, draw: ImageDraw.ImageDraw, top: int, text: str, colour: str, size: int) -> None:
        """Write a line from the left margin, in a font that has its characters."""
        line = lettering(text, size, WIDTH - 2 * MARGIN, smallest=size // 2)
        draw.text((MARGIN, top + size), line.text, colour, line.font, anchor="ls")
        self.left_out = "".join(sorted({*self.left_out, *line.left_out}))

    def _cell(self, columns: int) -> tuple[int, int]:
        """Return the width and height of a work with the space around it, as large as fits so many columns."""
        rows = math.ceil(len(self.pictures) / columns)
        tall = (1 - GUTTER) * self.height / self.width + GUTTER + LABEL
        room = HEIGHT - 2 * MARGIN - HEAD - FOOT
        wide = int(min((WIDTH - 2 * MARGIN) / (columns - GUTTER), room / rows / tall))
        return wide, int(wide * tall)

    def _size(self, wide: int) -> tuple[int, int]:
        across = round(wide * (1 - GUTTER))
        if max(self.height, self.width) <= PIXEL_ART:
            across = max(1, across // self.width) * self.width
        return across, round(across * self.height / self.width)

    def _enlarged(self, picture: Image.Image, across: int, down: int) -> Image.Image:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, PAPER)
        ground.paste(picture, (0, 0), picture)
        hard = max(picture.size) <= PIXEL_ART
        return ground.resize((across, down), Image.Resampling.NEAREST if hard else Image.Resampling.BICUBIC)
