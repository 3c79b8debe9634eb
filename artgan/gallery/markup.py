"""How a notebook shows what was made and found: as PNG that is marked as AI-generated, or as HTML."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..interfaces import Modality

SMALLEST_SIDE = 128
"""Pixels; smaller pictures are enlarged with hard edges, by a whole number, up to about that many a side."""

PNG = ".png"


def sheet_png(samples: NDArray[Any], columns: int, modality: Modality) -> bytes | None:
    """Return compact samples (N, ...) side by side as a PNG, or None where their sheets are none."""
    if modality.exact_sheet_suffix != PNG:
        return None
    if modality.representation == "pixels":
        times = max(1, SMALLEST_SIDE // min(samples.shape[-2:]))
        samples = samples.repeat(times, axis=-2).repeat(times, axis=-1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{PNG}"
        modality.write_sheet(path, samples, columns)
        return path.read_bytes()


def texts_html(texts: Iterable[str], presentation: Mapping[str, str]) -> str:
    """Return texts as HTML, one below the other, set as their data is.

    Args:
        texts: at least one.
        presentation: ``lang`` and ``writing``, as a `Spec` tells them.
    """
    from markupsafe import Markup

    vertical = "; writing-mode: vertical-rl" if presentation.get("writing") == "vertical" else ""
    block = Markup('<div lang="{}" dir="auto" style="white-space: pre-line; margin: 1em 0{}">{}</div>')
    return Markup("").join(block.format(presentation.get("lang", ""), vertical, text) for text in texts)


def moving_html(path: Path) -> str:
    """Return HTML that holds an animation or a video."""
    kind = mimetypes.guess_type(path.name, strict=False)[0] or "image/webp"
    source = _data_url(path, kind)
    style = f"min-width: {SMALLEST_SIDE}px; image-rendering: pixelated"
    if kind.startswith("video/"):
        return f'<video src="{source}" style="{style}" controls loop></video>'
    return f'<img src="{source}" style="{style}" alt="A walk from work to work">'


def table_html(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return cells of text as a table; no heading is shown where all are empty."""
    from markupsafe import Markup

    def row(cells: Sequence[str], tag: str) -> Markup:
        cell = Markup(f'<{tag} style="text-align: left; white-space: pre-line">{{}}</{tag}>')
        return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(text) for text in cells))

    head = Markup("<thead>{}</thead>").format(row(headings, "th")) if any(headings) else ""
    body = Markup("").join(row(cells, "td") for cells in rows)
    return Markup("<table>{}<tbody>{}</tbody></table>").format(head, body)


def figures_html(figures: Iterable[tuple[str, bytes]]) -> str:
    """Return PNG pictures as HTML, one below the other, each with a caption."""
    from markupsafe import Markup

    figure = Markup(
        '<figure style="margin: 1em 0"><img src="data:image/png;base64,{}" alt="{}" style="max-width: 100%">'
        "<figcaption>{}</figcaption></figure>"
    )
    return Markup("").join(figure.format(base64.b64encode(png).decode(), told, told) for told, png in figures)


def sheet_html(path: Path) -> str:
    """Return HTML that holds a sheet's file: a picture, or text as it stands; nothing where it is neither."""
    from markupsafe import Markup

    kind = mimetypes.guess_type(path.name, strict=False)[0] or ""
    if kind.startswith("image/"):
        style = "max-width: 100%; min-width: 16em; image-rendering: pixelated"
        return Markup('<img src="{}" style="{}" alt="Works">').format(_data_url(path, kind), style)
    if kind.startswith("text/"):
        return Markup("<pre>{}</pre>").format(path.read_text(encoding="utf-8", errors="replace"))
    return ""


def sentence_html(text: str) -> str:
    """Return text as a paragraph; nothing where it is empty."""
    from markupsafe import Markup

    return Markup('<p style="white-space: pre-line">{}</p>').format(text) if text else ""


def _data_url(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
