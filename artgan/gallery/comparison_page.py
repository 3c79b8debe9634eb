"""A page that shows works of the same seeds by several runs beside each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ArtganError
from ..interfaces import Modality
from .page_writer import frame_style, href, security_policy, shower, write_page
from .run_record import bound, read_run

if TYPE_CHECKING:
    from ..plugins.registry import Registry

COMPARED = 16
"""Works of each run that are shown."""

MAX_BYTES = 200
"""Of the names in that of a page, in UTF-8: file systems take 255 in all."""


def write_comparison(
    gallery: Path, names: Sequence[str], titles: Sequence[str], rows: Sequence[Sequence[str]], registry: Registry
) -> Path:
    """Write a page that shows works of the same seeds by several runs beside each other; return its path.

    Args:
        gallery: the folder of all runs.
        names: the runs' folders in it.
        titles: what the columns of numbers are called.
        rows: the name of a number, and one for each column.
        registry: where modalities are looked up.

    Raises:
        ArtganError: if one of the runs cannot be shown, or they make different kinds of art.
    """
    runs = [read_run(gallery / name) | {"folder": name} for name in names]
    if len({run["modality"] for run in runs}) > 1:
        raise ArtganError("the runs make different kinds of art: compare those of one kind")
    modality = registry.get(Modality, runs[0]["modality"]).configure({})
    shown = []
    for run in runs:
        figure = shower(bound(modality, run).figure, gallery / run["folder"] / "works", f"{href(run['folder'])}/works/")
        shown.append({work["seed"]: figure(work["file"], f"Work from seed {work['seed']}") for work in run["works"]})
    seeds = [seed for seed in shown[0] if all(seed in figures for figures in shown)][:COMPARED]
    works = [(seed, [figures[seed] for figures in shown]) for seed in seeds]
    shape = runs[0]["shape"]
    path = gallery / f"compare-{_joined(names)}.html"
    common = {"frame": frame_style(shape), "policy": security_policy(shape), "root": ""}
    write_page(path, "compare.html", runs=runs, works=works, titles=titles, rows=rows, **common)
    return path


def _joined(names: Sequence[str]) -> str:
    """Return the names of runs in one that a file can have: what is too long is cut, and told apart by a digest."""
    joined = "-".join(names)
    if len(joined.encode()) <= MAX_BYTES:
        return joined
    digest = hashlib.sha256(joined.encode()).hexdigest()[:8]
    return f"{joined.encode()[:MAX_BYTES].decode(errors='ignore')}-{digest}"
