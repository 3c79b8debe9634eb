"""The gallery's first page, which lists all runs and the comparisons of them.

What a run looks like there is kept in the user's own cache, with size and time of the files that it was made from,
so that adding one run to many costs what adding it to few costs. Nothing of it is kept in the gallery itself, where it
could come from anybody.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..artworks.places import ASSETS
from ..errors import ArtganError
from ..files import cache_folder, is_utf8, write_text
from ..interfaces import LeftOut, Modality
from ..schema import Schema, fault
from ..version import __version__
from .page_writer import HERE, environment, href, is_small, security_policy, write_page
from .pages import COVER
from .run_record import RECORD, bound, component_name, is_shown_by, read_run, recipe_tables, run_folders
from .training_page import training_runs

if TYPE_CHECKING:
    from ..plugins.registry import Registry

CARD = "card.html"
PICTURES = (".png", ".webp", ".svg")
"""Endings of covers that any page can show, whatever made them."""

_CACHE: Schema = {str: {"stamp": [int], "card": str}}
_TITLE = re.compile(r"<title>([^<]*)</title>")
_TITLE_WITHIN = 4096


def build_index(gallery: Path, registry: Registry, *, anew: bool = False) -> tuple[LeftOut, ...]:
    """Write ``index.html``, which lists all runs, and the assets that all pages share.

    Args:
        gallery: the folder of all runs.
        registry: where their modalities are looked up.
        anew: whether to look at all runs again, and not at those alone whose files have changed.

    Returns:
        The folders that hold a ``run.json`` that cannot be shown.
    """
    (gallery / ASSETS).mkdir(parents=True, exist_ok=True)
    for asset in sorted((HERE / ASSETS).iterdir()):
        shutil.copyfile(asset, gallery / ASSETS / asset.name)

    folders, left_out = None, tuple[LeftOut, ...]()
    while folders != (found := run_folders(gallery)):  # other processes may hang more meanwhile
        folders, left_out = found, _write_index(gallery, found, registry, anew=anew)
    return left_out


def _write_index(gallery: Path, folders: Sequence[Path], registry: Registry, *, anew: bool) -> tuple[LeftOut, ...]:
    cached = _cache_file(gallery)
    known = {} if anew else _known(cached)
    cards: dict[str, dict[str, object]] = {}
    left_out = []

    for folder in folders:
        stamp = _stamp(folder)
        try:
            card = known[folder.name]["card"] if _is_known(known, folder, stamp) else _card(folder, registry)
            cards[folder.name] = {"stamp": stamp, "card": card}
        except ArtganError as error:
            left_out.append(LeftOut(folder.name, str(error)))

    shown = [entry["card"] for entry in cards.values()]
    context = {
        "cards": shown,
        "training": training_runs(gallery),
        "comparisons": _comparisons(gallery),
        "frame": "",
        "policy": security_policy([]),
    }
    write_page(gallery / "index.html", "index.html", root="", **context)
    with suppress(OSError):  # the next time then takes longer, and nothing else
        write_text(cached, json.dumps(cards))
    return tuple(left_out)


def _card(folder: Path, registry: Registry) -> str:
    """Return how a run is shown, as HTML.

    Raises:
        ArtganError: if it cannot be.
    """
    run = read_run(folder)
    tables = recipe_tables(run["recipe"])
    return (
        environment()
        .get_template(CARD)
        .render(
            run=run,
            folder=folder.name,
            cover=_cover(run, folder, registry),
            pixelated=is_small(run["shape"]),
            players=[name for kind in ("generator", "loss") if (name := component_name(tables, kind))],
        )
    )


def _cover(run: Mapping[str, Any], folder: Path, registry: Registry) -> str:
    """Return a run's cover as HTML; where the plugin that shows its works is not there, its picture, if it is one.

    Raises:
        ArtganError: if the cover is missing or damaged.
    """
    from markupsafe import Markup

    if is_shown_by(run, registry):
        modality = bound(registry.get(Modality, run["modality"]).configure({}), run)
        file = f"{COVER}{modality.exact_sheet_suffix}"
        return modality.sheet(folder / file, f"{href(folder.name)}/{file}", "")
    for file in (f"{COVER}{suffix}" for suffix in PICTURES):
        if (folder / file).is_file():
            return Markup('<img src="{}/{}" alt="" loading="lazy">').format(href(folder.name), file)
    return ""


def _comparisons(gallery: Path) -> list[tuple[str, str]]:
    """Return the file and the title of each page that compares runs."""
    found = []
    for path in sorted(path for path in gallery.glob("compare-*.html") if path.is_file() and is_utf8(path.name)):
        with path.open(encoding="utf-8", errors="replace") as page:
            title = _TITLE.search(page.read(_TITLE_WITHIN))
        found.append((path.name, html.unescape(title[1]) if title else path.stem))
    return found


def _cache_file(gallery: Path) -> Path:
    """Return where what a gallery's runs look like is kept, for this version of what shows them."""
    parts = [__version__, str(gallery.resolve()), (HERE / "templates" / CARD).read_text(encoding="utf-8")]
    return cache_folder() / "indexes" / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}.json"


def _known(path: Path) -> dict[str, dict[str, object]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {} if fault(found, _CACHE) else dict(found)


def _is_known(known: dict[str, dict[str, object]], folder: Path, stamp: Sequence[int]) -> bool:
    return known.get(folder.name, {}).get("stamp") == stamp


def _stamp(folder: Path) -> list[int]:
    """Return times and sizes of what a card is made from."""
    found = [path.stat() for path in (folder / RECORD, *sorted(folder.glob(f"{COVER}.*")))]
    return [number for status in found for number in (status.st_mtime_ns, status.st_size)]
