"""How the gallery's pages are written: templates, links, sizes, and what a page may load and run."""

from __future__ import annotations

import base64
import filecmp
import hashlib
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..files import write_text
from ..shell import posix

if TYPE_CHECKING:
    from jinja2 import Environment

    from ..interfaces import Modality

LIVE = "live.js"
LARGEST_PIXELATED = 48
"""Pictures of at most so many pixels a side are enlarged with hard edges."""

CELL, NARROW_CELL = 128, 96
"""About how wide they are shown in the grid, in CSS pixels, on wide and narrow screens: a multiple of their width."""

PICTURE_AXES = 3
HERE = Path(__file__).parent


def write_page(path: Path, template: str, **context: Any) -> None:
    """Write a page from a template."""
    write_text(path, environment().get_template(template).render(context))


@cache
def environment() -> Environment:
    """Return the templates, which escape whatever they show."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(href=href, page=page_name, duration=_duration, number=_number, quoted=posix)
    return found


def copy_assets(modality: Modality, assets: Path) -> list[str]:
    """Copy what pages of a modality's works need into its folder among the assets; return scripts, relative to these.

    Args:
        modality: of the works.
        assets: the folder of the gallery's assets.
    """
    scripts = []
    for asset in modality.page_assets():
        target = assets / modality.name / asset.path.name
        if not target.exists() or not filecmp.cmp(target, asset.path, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(asset.path, target)
        scripts += [f"{href(modality.name)}/{href(asset.path.name)}"] if asset.script else []
    return scripts


def href(name: str) -> str:
    """Return a relative link to a file or folder beside the page."""
    return quote(name, safe="")


def page_name(file: str) -> str:
    """Return the name of the page that shows a file."""
    return f"{Path(file).stem}.html"


def shower(show: Callable[[Path, str, str], str], folder: Path, prefix: str) -> Callable[[str, str], str]:
    """Return what shows a file of a folder by its name and a description."""
    return lambda file, description: show(folder / file, prefix + href(file), description)


def frame_style(shape: Sequence[int]) -> str:
    """Return the style sheet that tells the pages the size of one work, (C, H, W) where works are pictures."""
    if len(shape) != PICTURE_AXES:
        return ""
    _, height, width = shape
    style = f"--ratio:{width}/{height};--wide:{width / height:.3f}"
    if is_small(shape):
        cell, narrow = (width * max(1, round(size / width)) for size in (CELL, NARROW_CELL))
        style += f";--unit:{width}px;--cell:{cell}px;--widest:{cell}px;--narrow:{narrow}px;image-rendering:pixelated"
    return f":root{{{style}}}"


def is_small(shape: Sequence[int]) -> bool:
    """Return whether works of a shape are enlarged with hard edges."""
    return len(shape) == PICTURE_AXES and max(shape[1:]) <= LARGEST_PIXELATED


def security_policy(shape: Sequence[int], *, live: bool = False, asks: bool = False) -> str:
    """Return a content security policy under which nothing loads or runs but what lies beside the page.

    Only where a generator runs in the page are WebAssembly, and a worker made of what was loaded, allowed; only a page
    that asks its own server for something, where it has one, may connect to that.
    ``file:`` stands beside ``'self'`` because browsers disagree on what is "self" for a page opened by double click.
    """
    digest = base64.b64encode(hashlib.sha256(frame_style(shape).encode()).digest()).decode()
    compiled, worker = (" 'wasm-unsafe-eval'", "worker-src blob:; ") if live else ("", "")
    asked = "connect-src 'self'; " if asks else ""
    return (
        f"default-src 'none'; img-src 'self' file: data:; media-src 'self' file:; "
        f"script-src 'self' file:{compiled}; {worker}"
        f"{asked}style-src 'self' file: 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    words = f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return words.replace(" ", "\u00a0")


def _number(value: float) -> str:
    return f"{value:,.0f}"
