"""The gallery's pages: from each run's ``run.json`` to static HTML that links only to what lies beside it.

A ``run.json`` may come from anybody: whatever it holds is escaped, and the pages' content security policy lets nothing
run but artgan's own script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from artgan.errors import ArtganError
from artgan.files import write_text
from artgan.interfaces import LeftOut, Modality, Spec

from ..schema import FileName, Schema, fault
from .curves import Chart, Curve, chart

if TYPE_CHECKING:
    from jinja2 import Environment

    from artgan.model import Components

ASSETS = "assets"
RECORD = "run.json"
LIVE = "live.js"
SHEET, COVER = "sheet", "cover"
LARGEST_PIXELATED = 48
"""Pictures of at most so many pixels a side are enlarged with hard edges."""

CELL, NARROW_CELL = 128, 96
"""About how wide they are shown in the grid, in CSS pixels, on wide and narrow screens: a multiple of their width."""

PICTURE_AXES = 3
OF_REAL = " of real"
COMPARED = 16
"""Works of each run that a comparison shows."""

_HERE = Path(__file__).parent
_SCHEMA: Schema = {
    "id": str,
    "title": str,
    "command": str,
    "device": str,
    "parameters": {str: int},
    "dataset": {"title": str, "licence": str, "source": str},
    "step": int,
    "kimg": float,
    "seconds": float,
    "versions": {str: str},
    "recipe": str,
    "recipe_digest": str,
    "weights_digest": str,
    "shape": [int],
    "truncation": float,
    "losses": {str: [[float]]},
    "works": [{"file": FileName, "seed": int, "class": str, "pixels": str, "nearest": [str]}],
    "snapshots": [{"file": FileName, "step": int}],
    "modality": FileName,
    "presentation": {str: str},
    "sampling": {str: float},
    "metrics": {str: [[float]]},
    "events": [str],
    "judged": {"verdict": str, "rows": [[str]]},
    "still": str,
    "classes": [str],
}
_ADDED: dict[str, Any] = {
    "modality": "image",
    "presentation": {},
    "sampling": {},
    "metrics": {},
    "events": [],
    "judged": {"verdict": "", "rows": []},
    "still": "they were hung before this was possible",
    "classes": [],
}
"""What the first records did not tell."""


def write_run_pages(folder: Path, modality: Modality) -> None:
    """Write a run's page and one page for each of its works.

    Args:
        folder: the run's folder, with its ``run.json``.
        modality: the modality of the works.

    Raises:
        ArtganError: if the ``run.json`` is missing or damaged.
    """
    run = read_run(folder)
    modality = _bound(modality, run)
    common = {"run": run, "unit": modality.unit, "frame": _frame(run["shape"]), "policy": _policy(run["shape"])}
    tables = _tables(run["recipe"])
    page = {
        "figure": _shower(modality.figure, folder / "works", "works/"),
        "snapshot": _shower(modality.sheet, folder / "timelapse", "timelapse/"),
        "sheet": f"{SHEET}{modality.exact_sheet_suffix}",
        "chart": chart(run["losses"]),
        "metrics": _metrics(run["metrics"]),
        "finals": _finals(run["metrics"]),
        "events": run["events"],
        "live": LIVE if not run["still"] else "",
        "choices": _choices(tables),
        "plugins": _plugins(tables),
    }
    policy = _policy(run["shape"], live=not run["still"])
    _write(folder / "index.html", "run.html", root="../", **common | page | {"policy": policy})
    figure = _shower(modality.figure, folder / "works", "")
    for index, work in enumerate(run["works"]):
        before = run["works"][index - 1] if index else None
        after = run["works"][index + 1] if index + 1 < len(run["works"]) else None
        path = folder / "works" / _page(work["file"])
        _write(path, "work.html", root="../../", figure=figure, work=work, before=before, after=after, **common)


@dataclass(frozen=True)
class Judged:
    """What an evaluation found.

    Attributes:
        verdict: in words.
        rows: name, value, and what real samples reach, of each metric.
    """

    verdict: str
    rows: list[list[str]]


def add_judgement(folder: Path, judged: Judged, modality: Modality) -> None:
    """Put what an evaluation found on a run's page.

    Args:
        folder: the run's folder in the gallery.
        judged: what was found.
        modality: of the works.

    Raises:
        ArtganError: if the ``run.json`` is missing or damaged.
    """
    run = read_run(folder) | {"judged": asdict(judged)}
    write_text(folder / RECORD, json.dumps(run, ensure_ascii=False, indent=1) + "\n")
    write_run_pages(folder, modality)


def write_comparison(
    gallery: Path, names: Sequence[str], titles: Sequence[str], rows: Sequence[Sequence[str]], components: Components
) -> Path:
    """Write a page that shows works of the same seeds by several runs beside each other; return its path.

    Args:
        gallery: the folder of all runs.
        names: the runs' folders in it.
        titles: what the columns of numbers are called.
        rows: the name of a number, and one for each column.
        components: where modalities are looked up.

    Raises:
        ArtganError: if one of the runs cannot be shown, or they make different kinds of art.
    """
    runs = [read_run(gallery / name) | {"folder": name} for name in names]
    if len({run["modality"] for run in runs}) > 1:
        raise ArtganError("the runs make different kinds of art: compare those of one kind")
    modality = cast(Modality, components.get("modality", runs[0]["modality"]).configure({}))
    shown = []
    for run in runs:
        figure = _shower(
            _bound(modality, run).figure, gallery / run["folder"] / "works", f"{_href(run['folder'])}/works/"
        )
        shown.append({work["seed"]: figure(work["file"], f"Work from seed {work['seed']}") for work in run["works"]})
    seeds = [seed for seed in shown[0] if all(seed in figures for figures in shown)][:COMPARED]
    works = [(seed, [figures[seed] for figures in shown]) for seed in seeds]
    shape = runs[0]["shape"]
    path = gallery / f"compare-{'-'.join(names)}.html"
    common = {"frame": _frame(shape), "policy": _policy(shape), "root": ""}
    _write(path, "compare.html", runs=runs, works=works, titles=titles, rows=rows, **common)
    return path


def build_index(gallery: Path, components: Components) -> tuple[LeftOut, ...]:
    """Write ``index.html``, which lists all runs, and the assets that all pages share.

    Args:
        gallery: the folder of all runs.
        components: where their modalities are looked up.

    Returns:
        The folders that hold a ``run.json`` that cannot be shown.
    """
    runs, left_out = [], []
    for record in sorted(gallery.glob(f"*/{RECORD}")):
        folder = record.parent
        try:
            run = read_run(folder)
            modality = _bound(cast(Modality, components.get("modality", run["modality"]).configure({})), run)
            file = f"{COVER}{modality.exact_sheet_suffix}"
            cover = modality.sheet(folder / file, f"{_href(folder.name)}/{file}", "")
            runs.append({**run, "folder": folder.name, "cover": cover, "pixelated": _is_small(run["shape"])})
        except ArtganError as error:
            left_out.append(LeftOut(folder.name, str(error)))
    (gallery / ASSETS).mkdir(parents=True, exist_ok=True)
    for asset in sorted((_HERE / ASSETS).iterdir()):
        shutil.copyfile(asset, gallery / ASSETS / asset.name)
    _write(gallery / "index.html", "index.html", root="", runs=runs, frame="", policy=_policy([]))
    return tuple(left_out)


def read_run(folder: Path) -> dict[str, Any]:
    """Return a run's record, which may come from anybody, with what older ones lack.

    Raises:
        ArtganError: if it is missing or damaged.
    """
    path = folder / RECORD
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} cannot be read: {error}") from error
    if isinstance(run, dict):
        run = _ADDED | run
        works = run.get("works")
        for work in works if isinstance(works, list) else ():
            if isinstance(work, dict):
                work.setdefault("nearest", [])
    if wrong := fault(run, _SCHEMA):
        raise ArtganError(f"{path} does not describe a run: {wrong}")
    return dict(run)


def _bound(modality: Modality, run: Mapping[str, Any]) -> Modality:
    return modality.bound(Spec(run["modality"], tuple(run["shape"]), presentation=run["presentation"]))


def _shower(show: Callable[[Path, str, str], str], folder: Path, prefix: str) -> Callable[[str, str], str]:
    """Return what shows a file of a folder by its name and a description."""
    return lambda file, description: show(folder / file, prefix + _href(file), description)


def _finals(measured: Mapping[str, Curve]) -> list[tuple[str, float, float | None]]:
    """Return the name of each metric, its last value, and what real samples reach."""
    names = [name for name in measured if measured[name] and not name.endswith(OF_REAL)]
    real = {name: measured.get(f"{name}{OF_REAL}") for name in names}
    return [(name, measured[name][-1][1], curve[-1][1] if (curve := real[name]) else None) for name in names]


def _metrics(measured: Mapping[str, Curve]) -> list[tuple[str, Chart]]:
    """Return a chart for each metric that changed, with a line for what real samples would reach."""
    charts = []
    for name in (name for name in measured if not name.endswith(OF_REAL) and len({y for _, y in measured[name]}) > 1):
        drawn = chart({"generated": measured[name], "real": measured.get(f"{name}{OF_REAL}", [])})
        charts += [(name, drawn)] if drawn else []
    return charts


def _write(path: Path, template: str, **context: Any) -> None:
    write_text(path, _environment().get_template(template).render(context))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(href=_href, page=_page, duration=_duration, number=_number, quoted=shlex.quote)
    return environment


def _href(name: str) -> str:
    """Return a relative link to a file or folder beside the page."""
    return quote(name, safe="")


def _page(file: str) -> str:
    return f"{Path(file).stem}.html"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    words = f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return words.replace(" ", "\u00a0")


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _frame(shape: Sequence[int]) -> str:
    """Return the style sheet that tells the pages the size of one work, (C, H, W) where works are pictures."""
    if len(shape) != PICTURE_AXES:
        return ""
    _, height, width = shape
    style = f"--ratio:{width}/{height};--wide:{width / height:.3f}"
    if _is_small(shape):
        cell, narrow = (width * max(1, round(size / width)) for size in (CELL, NARROW_CELL))
        style += f";--unit:{width}px;--cell:{cell}px;--widest:{cell}px;--narrow:{narrow}px;image-rendering:pixelated"
    return f":root{{{style}}}"


def _is_small(shape: Sequence[int]) -> bool:
    return len(shape) == PICTURE_AXES and max(shape[1:]) <= LARGEST_PIXELATED


def _policy(shape: Sequence[int], *, live: bool = False) -> str:
    """Return a content security policy under which nothing loads or runs but what lies beside the page.

    Only where a generator runs in the page are WebAssembly, and a worker made of what was loaded, allowed.
    ``file:`` stands beside ``'self'`` because browsers disagree on what is "self" for a page opened by double click.
    """
    frame = base64.b64encode(hashlib.sha256(_frame(shape).encode()).digest()).decode()
    compiled, worker = (" 'wasm-unsafe-eval'", "worker-src blob:; ") if live else ("", "")
    return (
        f"default-src 'none'; img-src 'self' file: data:; script-src 'self' file:{compiled}; {worker}"
        f"style-src 'self' file: 'sha256-{frame}'; base-uri 'none'; form-action 'none'"
    )


def _tables(recipe: str) -> dict[str, Any]:
    try:
        return tomllib.loads(recipe)
    except tomllib.TOMLDecodeError:
        return {}


def _plugins(tables: Mapping[str, Any]) -> list[str]:
    """Return the distributions that the recipe was made with, as far as their names are such as pip takes."""
    recorded = tables.get("plugins")
    known = recorded if isinstance(recorded, Mapping) else {}
    return [name for name, version in known.items() if version and re.fullmatch(r"[A-Za-z0-9][\w.-]*", name)]


def _choices(tables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the recipe's tables as rows of a name and its options in words."""
    rows = []
    for key, value in tables.items():
        several = value if isinstance(value, list) else [value]
        rows += [(key.replace("_", " "), _words(item)) for item in several]
    return rows


def _words(item: object) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    name = [str(item["name"])] if "name" in item else []
    return ", ".join(name + [f"{key.replace('_', ' ')} {value}" for key, value in item.items() if key != "name"])
