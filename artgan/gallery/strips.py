"""Strips that show a model's directions: a few works of its page, each from one end of a direction to the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artworks.direction import REACH, Direction, Move
from ..artworks.latents import LARGEST_SEED
from ..artworks.model import Model
from ..artworks.model_file import FILE_NAME
from ..artworks.work import tracked
from ..interfaces import Progress
from .live import change_live, described_directions
from .pages import STRIPS, write_run_pages
from .run_record import read_run, write_run

SHOWN_WORKS, SHOWN_PLACES = 2, 7
"""Rows and columns of a strip: works, and places along the direction."""


def hang_directions(folder: Path, model: Model, progress: Progress | None = None) -> Path:
    """Show a model's directions on the page of a run that it hangs on, as strips and as sliders; return the page.

    Args:
        folder: the run's, in a gallery.
        model: of the weights of the page, with its directions.
        progress: told of each strip.

    Raises:
        ArtganError: if the run cannot be shown.
    """
    run = read_run(folder)
    seeds = [work["seed"] for work in run["works"] if 0 <= work["seed"] <= LARGEST_SEED] or list(range(SHOWN_WORKS))
    run |= {"directions": write_strips(folder, model, seeds, run["truncation"], progress)}
    model.save(folder / FILE_NAME)
    change_live(folder, {"directions": described_directions(model)})
    write_run(folder, run)
    write_run_pages(folder, model.modality)
    shown = {told["file"] for told in run["directions"]}
    for path in (folder / STRIPS).iterdir():
        if path.name not in shown:
            path.unlink()
    return folder / "index.html"


def write_strips(
    folder: Path, model: Model, seeds: Sequence[int], truncation: float, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Write a strip of each direction of a model, and return what a page tells of them.

    Args:
        folder: of the run in the gallery.
        model: with its directions.
        seeds: of the page's works, of which the first are shown.
        truncation: that of the page's works.
        progress: told of each strip.
    """
    told = []
    found = tracked(model.directions, len(model.directions), progress, "making strips")
    for number, direction in enumerate(found, start=1):
        file = f"direction-{number}{model.modality.sheet_suffix}"
        samples = strip(model, direction, seeds[:SHOWN_WORKS], truncation)
        model.modality.write_sheet(folder / STRIPS / file, samples, SHOWN_PLACES)
        told.append({"name": direction.name, "change": direction.change, "file": file})
    return told


def strip(model: Model, direction: Direction, seeds: Sequence[int], truncation: float = 1.0) -> NDArray[Any]:
    """Return works of seeds from one end of a direction to the other, compact (len(seeds) * SHOWN_PLACES, ...)."""
    moves = [Move("", float(by), direction.vector, direction.layers) for by in np.linspace(-REACH, REACH, SHOWN_PLACES)]
    origins = [model.origin(seed, truncation=truncation, moves=(move,)) for seed in seeds for move in moves]
    return np.stack([model.make(origin) for origin in origins])
