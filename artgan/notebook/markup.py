"""How samples are shown in a notebook: as a PNG that is marked as AI-generated, or as HTML."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterable, Mapping
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
    source = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    style = f"min-width: {SMALLEST_SIDE}px; image-rendering: pixelated"
    if kind.startswith("video/"):
        return f'<video src="{source}" style="{style}" controls loop></video>'
    return f'<img src="{source}" style="{style}" alt="A walk from work to work">'
