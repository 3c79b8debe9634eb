"""A run's pages: from its ``run.json`` to static HTML that links only to what lies beside it.

A ``run.json`` may come from anybody: whatever it holds is escaped, and the pages' content security policy lets nothing
run but artgan's own script.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..artworks.direction import REACH
from ..artworks.places import ASSETS
from ..interfaces import Modality
from ..recipe.recipe import BASE
from ..training.quality_trend import STANDARD_ERROR
from .curves import Chart, Curve, chart
from .page_writer import LIVE, copy_assets, frame_style, page_name, security_policy, shower, write_page
from .run_record import TIMELAPSE, bound, plugin_names, read_run, recipe_tables, write_run

SHEET, COVER = "sheet", "cover"
STRIPS = "directions"
"""The folder of the strips that show directions, in that of a run."""

OF_REAL = " of real"
MARGIN = " ± "


def write_run_pages(folder: Path, modality: Modality) -> None:
    """Write a run's page and one page for each of its works.

    Args:
        folder: the run's folder, with its ``run.json``.
        modality: the modality of the works.

    Raises:
        ArtganError: if the ``run.json`` is missing or damaged.
    """
    run = read_run(folder)
    modality = bound(modality, run)
    common = {
        "run": run,
        "unit": modality.unit,
        "noun": modality.noun,
        "scripts": copy_assets(modality, folder.parent / ASSETS),
        "companions": modality.companions,
        "frame": frame_style(run["shape"]),
        "policy": security_policy(run["shape"]),
    }

    tables = recipe_tables(run["recipe"])
    page = {
        "moves": bool(modality.walk_suffixes),
        "figure": shower(modality.figure, folder / "works", "works/"),
        "snapshot": shower(modality.sheet, folder / TIMELAPSE, f"{TIMELAPSE}/"),
        "beside": shower(modality.sheet, folder, ""),
        "sheet": f"{SHEET}{modality.exact_sheet_suffix}",
        "chart": chart(run["losses"]),
        "metrics": metric_charts(run["metrics"]),
        "finals": _finals(run["metrics"]),
        "events": run["events"],
        "margin": MARGIN,
        "live": LIVE if not run["still"] else "",
        "strip": shower(modality.sheet, folder / STRIPS, f"{STRIPS}/"),
        "reach": REACH,
        "choices": _choices(tables),
        "plugins": plugin_names(tables),
    }

    live_policy = security_policy(run["shape"], live=not run["still"])
    write_page(folder / "index.html", "run.html", root="../", **common | page | {"policy": live_policy})

    figure = shower(modality.figure, folder / "works", "")
    for index, work in enumerate(run["works"]):
        before = run["works"][index - 1] if index else None
        after = run["works"][index + 1] if index + 1 < len(run["works"]) else None
        path = folder / "works" / page_name(work["file"])
        write_page(path, "work.html", root="../../", figure=figure, work=work, before=before, after=after, **common)


@dataclass(frozen=True)
class Judged:
    """What an evaluation found.

    Attributes:
        verdict: in words.
        rows: the name of each metric, and its number under each heading; a margin follows after `MARGIN`.
        headings: whose numbers they are.
    """

    verdict: str
    rows: list[list[str]]
    headings: Sequence[str] = ("generated", "real")


def add_judgement(
    folder: Path, judged: Judged, modality: Modality, *, nearest: Path | None = None, plot: Path | None = None
) -> None:
    """Put what an evaluation found on a run's page.

    Args:
        folder: the run's folder in the gallery.
        judged: what was found.
        modality: of the works.
        nearest: a sheet of works beside the training samples that are nearest to them.
        plot: an SVG that shows the numbers.

    Raises:
        ArtganError: if the ``run.json`` is missing or damaged.
    """
    run = read_run(folder) | {"judged": asdict(judged)}
    if nearest is not None:
        run["nearest"] = _hang(nearest, folder)
    if plot is not None:
        run["judged"]["plot"] = _hang(plot, folder)
    write_run(folder, run)
    write_run_pages(folder, modality)


def add_film(folder: Path, film: Path, modality: Modality) -> None:
    """Let a run's page play a film; what it played before it plays no more.

    Args:
        folder: the run's folder in the gallery.
        film: a video with sound.
        modality: of the works.

    Raises:
        ArtganError: if the ``run.json`` is missing or damaged.
    """
    run = read_run(folder)
    kept = folder / f"film{film.suffix}"
    if film.resolve() != kept.resolve():
        shutil.copyfile(film, kept)
    write_run(folder, run | {"film": kept.name})
    write_run_pages(folder, modality)


def _hang(path: Path, folder: Path) -> str:
    """Copy a file beside a run's page, and return its name."""
    shutil.copyfile(path, folder / path.name)
    return path.name


def _finals(measured: Mapping[str, Curve]) -> list[tuple[str, float, float | None]]:
    """Return the name of each metric, its last value, and what real samples reach."""
    names = [name for name in measured if measured[name] and not name.endswith(OF_REAL)]
    real = {name: measured.get(f"{name}{OF_REAL}") for name in names}
    return [(name, measured[name][-1][1], curve[-1][1] if (curve := real[name]) else None) for name in names]


def metric_charts(measured: Mapping[str, Curve]) -> list[tuple[str, Chart]]:
    """Return a chart for each metric that changed, with a line for what real samples would reach."""
    charts = []
    for name in (
        name
        for name in measured
        if not name.endswith((OF_REAL, STANDARD_ERROR)) and len({y for _, y in measured[name]}) > 1
    ):
        drawn = chart({"generated": measured[name], "real": measured.get(f"{name}{OF_REAL}", [])})
        charts += [(name, drawn)] if drawn else []
    return charts


def _choices(tables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the recipe's tables as rows of a name and its options in words.

    What a training went without, such as budgets of other kinds, is left to the complete recipe.
    """
    rows = []
    for key, value in tables.items():
        if key == BASE:
            continue  # the page tells of it in its own words
        if key == "training" and isinstance(value, Mapping):
            value = {name: setting for name, setting in value.items() if setting or name == "seed"}
        several = value if isinstance(value, list) else [value]
        rows += [(key.replace("_", " "), _to_text(item)) for item in several]
    return rows


def _to_text(item: object) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    name = [str(item["name"])] if "name" in item else []
    return ", ".join(name + [f"{key.replace('_', ' ')} {value}" for key, value in item.items() if key != "name"])
