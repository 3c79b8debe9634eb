"""Texts as pictures, to be printed: in lines, or from top to bottom in columns that go from right to left."""

from __future__ import annotations

import math
import sys
import textwrap
import unicodedata
from collections.abc import Sequence

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from .fonts import lettering

LARGEST, SMALLEST = 160, 8
"""Of a character, in dots."""
DOTS = 2**26
"""Of all pictures together, about: longer texts are set smaller."""
LEADING = 1.7
"""From line to line, as a share of a character."""
LONGEST = 40
"""Characters in a line; longer ones are broken."""
WHITE, INK = 255, 28


FAMILIES = "Noto Serif CJK {0},Source Han Serif {0},serif"
"""What is asked for first, in the forms of a region."""
REGIONS = {"ja": "JP", "ko": "KR", "zh-Hans": "SC"}
"""By language; all others have those of Taiwan, which are the traditional ones."""
AROUND, BELOW = 0.5, 0.6
"""White beside columns, at either side, and under all texts, as shares of a character."""


def as_pictures(texts: Sequence[str], *, vertical: bool, lang: str = "") -> tuple[list[Image.Image], str]:
    """Set texts in the one font of this machine that has most of their characters.

    Args:
        texts: of any number of lines each.
        vertical: whether lines go from top to bottom.
        lang: their language, as HTML names it.

    Returns:
        Grey pictures of one size, and the characters that no font here has, for which there is a gap.
    """
    works = [_lines(text, vertical) for text in texts]
    signs = "".join(sorted({sign for lines in works for line in lines for sign in line}))
    long = max(len(line) for lines in works for line in lines) or 1
    many = max(map(len, works))
    size = math.isqrt(int(DOTS / len(works) / (long * many * LEADING)))
    size = max(SMALLEST, min(LARGEST, size))
    found = lettering(signs, size, sys.maxsize, smallest=size, family=FAMILIES.format(REGIONS.get(lang, "TC")))
    gap = str.maketrans(dict.fromkeys(found.left_out, " "))
    works = [[line.translate(gap) for line in lines] for lines in works]
    pictures = _columns(works, found.font, many, long) if vertical else _rows(works, found.font, many)
    return pictures, found.left_out


def _lines(text: str, vertical: bool) -> list[str]:
    """Return the lines of a text, without what a printer cannot show; one at least."""
    text = unicodedata.normalize("NFC", text)
    lines = ["".join(sign for sign in line if sign.isprintable()) for line in text.split("\n")]
    return lines if vertical else [part for line in lines for part in textwrap.wrap(line, LONGEST) or [""]]


def _columns(works: list[list[str]], font: FreeTypeFont, many: int, long: int) -> list[Image.Image]:
    size, step = font.size, font.size * LEADING
    pictures = []
    for lines in works:
        across, down = many * step + 2 * AROUND * size, (1.1 * long + BELOW) * size
        picture = Image.new("L", (round(across), round(down)), WHITE)
        draw = ImageDraw.Draw(picture)
        for column, line in enumerate(lines):
            x = across - AROUND * size - (column + 0.5) * step
            for place, sign in enumerate(line):
                draw.text((x, (place + 0.5) * size * 1.1), sign, INK, font, anchor="mm")
        pictures.append(picture)
    return pictures


def _rows(works: list[list[str]], font: FreeTypeFont, many: int) -> list[Image.Image]:
    step = font.size * LEADING
    wide = max(1, math.ceil(max(font.getlength(line) for lines in works for line in lines)))
    pictures = []
    for lines in works:
        picture = Image.new("L", (wide, round(many * step + BELOW * font.size)), WHITE)
        draw = ImageDraw.Draw(picture)
        for row, line in enumerate(lines):
            draw.text((0, (row + 0.5) * step), line, INK, font, anchor="lm")
        pictures.append(picture)
    return pictures
