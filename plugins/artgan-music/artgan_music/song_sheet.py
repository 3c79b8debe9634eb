"""Sets tunes and pieces on pages of paper, as a PDF of lines and curves that prints sharp at any size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artgan import DIGITAL_SOURCE_TYPE, MARK, replacing

from .notation import Ink
from .score import WIDTH
from .score_svg import UNITS, M, SvgInk, outlines

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PAGE = (595.28, 841.89)
"""A4, in points."""
MARGIN, FOOT = 54.0, 34.0
SPACE = (PAGE[0] - 2 * MARGIN) / WIDTH
"""Points of a staff space: a staff is as wide as the page between its margins."""
TITLE, CAPTION, SMALL = 20.0, 11.0, 7.0
"""Sizes of type, in points."""
BETWEEN = 16.0
FONT = "Helvetica"
ENCODING = "cp1252"
"""The characters that the fonts which every reader of PDF brings have."""

_PATH = re.compile(r"[MLHVCZ]|-?\d+(?:\.\d+)?")


class PaperInk:
    """Draws on a canvas whose unit is a staff space, and whose second axis leads down.

    Args:
        canvas: of reportlab.
        known: the glyphs that the document has already.
    """

    def __init__(self, canvas: Canvas, known: set[str]) -> None:
        self._canvas, self._known = canvas, known

    def glyph(self, name: str, x: float, y: float) -> None:
        """Draw a glyph with its origin at a point."""
        canvas = self._canvas
        if name not in self._known:
            self._known.add(name)
            canvas.beginForm(name, -UNITS * 20, -UNITS * 20, UNITS * 20, UNITS * 20)
            _fill(canvas, outlines()[name])
            canvas.endForm()
        canvas.saveState()
        canvas.translate(x, y)
        canvas.scale(1 / UNITS, 1 / UNITS)
        canvas.doForm(name)
        canvas.restoreState()

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float) -> None:
        """Draw a line."""
        self._canvas.setLineWidth(thick)
        self._canvas.line(x0, y0, x1, y1)

    def polygon(self, *points: tuple[float, float]) -> None:
        """Draw a filled polygon."""
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)

    def dot(self, x: float, y: float) -> None:
        """Draw a dot."""
        self._canvas.circle(x, y, 0.2, stroke=0, fill=1)


def write_pages(
    path: Path,
    works: Sequence[M],
    engraved: Callable[[M, Ink], float],
    captions: Sequence[str],
    *,
    title: str,
    notes: Sequence[str],
) -> str:
    """Write music one below the other, as much on a page as fits; what is longer than a page is made smaller.

    Args:
        path: the PDF.
        works: tunes or pieces, at least one.
        engraved: draws one, and returns its height.
        captions: what stands above each.
        title: what stands above all.
        notes: what stands below each page, a line each.

    Returns:
        The characters that these fonts do not have, each once; they are left out.
    """
    from reportlab.pdfgen.canvas import Canvas

    with replacing(path) as draft:
        canvas = Canvas(str(draft), pagesize=PAGE, invariant=1, pageCompression=1)
        canvas.setTitle(_known(title))
        canvas.setSubject(f"{MARK} ({DIGITAL_SOURCE_TYPE})")
        canvas.setKeywords(DIGITAL_SOURCE_TYPE)
        canvas.setCreator("artgan")
        _set(canvas, works, engraved, captions, title, notes)
        canvas.save()
    words: str = "".join([title, *captions, *notes])
    return "".join(sorted({*words} - {*_known(words)}))


def _set(
    canvas: Canvas,
    works: Sequence[M],
    engraved: Callable[[M, Ink], float],
    captions: Sequence[str],
    title: str,
    notes: Sequence[str],
) -> None:
    """Fill the pages."""
    glyphs = set[str]()
    top, number = _begin_page(canvas, title, notes), 1
    lowest = MARGIN + FOOT
    for work, caption in zip(works, captions, strict=True):
        height = CAPTION + engraved(work, SvgInk()) * SPACE  # drawn twice: how high it is shows where it may begin
        if top - height < lowest and top < PAGE[1] - MARGIN - 1:
            canvas.showPage()
            top, number = _begin_page(canvas, "", notes), number + 1
        canvas.setFont(FONT, CAPTION)
        canvas.drawString(MARGIN, top - CAPTION, _known(caption))

        canvas.saveState()
        canvas.translate(MARGIN, top - CAPTION)
        shrunk = min(1.0, (top - lowest) / height)
        canvas.scale(SPACE * shrunk, -SPACE * shrunk)
        engraved(work, PaperInk(canvas, glyphs))
        canvas.restoreState()
        top -= height * shrunk + BETWEEN
    canvas.showPage()


def _begin_page(canvas: Canvas, title: str, notes: Sequence[str]) -> float:
    """Write what stands at the head and the foot of a page, and return where works may begin."""
    canvas.setFont(FONT, SMALL)
    for line, note in enumerate(reversed(notes)):
        canvas.drawString(MARGIN, MARGIN - SMALL + line * SMALL * 1.4, _known(note))
    if not title:
        return PAGE[1] - MARGIN
    canvas.setFont(FONT, TITLE)
    canvas.drawCentredString(PAGE[0] / 2, PAGE[1] - MARGIN - TITLE, _known(title))
    return PAGE[1] - MARGIN - 2 * TITLE


def _known(text: str) -> str:
    return text.encode(ENCODING, "ignore").decode(ENCODING)


def _fill(canvas: Canvas, outline: str) -> None:
    """Fill an outline that is told as SVG tells paths, in whole coordinates of M, L, H, V, C and Z."""
    path = canvas.beginPath()
    x = y = 0.0
    for command, numbers in _commands(outline):
        match command:
            case "Z":
                path.close()
                continue
            case "C":
                path.curveTo(*numbers)
                x, y = numbers[-2:]
                continue
            case "H":
                x = numbers[0]
            case "V":
                y = numbers[0]
            case _:
                x, y = numbers
        if command == "M":
            path.moveTo(x, y)
        else:
            path.lineTo(x, y)
    canvas.drawPath(path, stroke=0, fill=1)


def _commands(outline: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with as many numbers as it takes; one may stand for several of its kind."""
    sizes = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Z": 0}
    command, numbers = "", list[float]()
    for part in _PATH.findall(outline):
        if part in sizes:
            command, numbers = part, []
        else:
            numbers.append(float(part))
        if len(numbers) == sizes[command]:
            yield command, numbers
            command, numbers = ("L" if command == "M" else command), []
