"""Find the directions along which a model's works change, and keep them in its file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.direction import MOST_DIRECTIONS, Direction, check_names, renamed, with_names
from ..errors import ArtganError, UsageError
from ..interfaces import Progress, Reporter
from ..plugins.loader import Plugins, load_plugins
from ._context import SILENT

if TYPE_CHECKING:
    from ..artworks.model import Model
    from ..artworks.places import RunFolder

COUNT = 8
"""Directions where no number is given."""


@dataclass(frozen=True, kw_only=True)
class DirectionsRequest:
    """Which directions to find, and how to call them.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        count: how many; None for those that the model has, or 8 where it has none yet.
        anew: look for them although the model has some, as after its run went on.
        names: new names by number or by the name before; empty to take a name away.

    Raises:
        UsageError: if too many or none are asked for, or a name cannot be one.
    """

    run: Path
    count: int | None = None
    anew: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.count is not None and not 1 <= self.count <= MOST_DIRECTIONS:
            raise UsageError(f"--count {self.count} is out of range (1 to {MOST_DIRECTIONS})")
        check_names(self.names.values())


@dataclass(frozen=True)
class DirectionsResult:
    """Directions that a model has.

    Attributes:
        directions: the first changes works the most.
        file: the model's, which holds them.
        page: shows them; None where these weights hang in no gallery.
    """

    directions: tuple[Direction, ...]
    file: Path
    page: Path | None


def directions(
    request: DirectionsRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT
) -> DirectionsResult:
    """Find a model's directions where it has none, keep them in its file, and show them on its page.

    The same model always gives the same directions. Its weights stay as they are, and so do its works.

    Args:
        request: which.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model or direction, or the model makes no pictures.
        ArtganError: if the model is damaged, its run is being trained, or its file cannot be written.
    """
    from ..artworks.model import load_newest

    model, file = load_newest(request.run, (plugins or load_plugins()).registry)
    return direct(model, file, request, reporter=reporter)


def direct(model: Model, file: Path, request: DirectionsRequest, *, reporter: Reporter = SILENT) -> DirectionsResult:
    """Find the directions of a model that was read from a file, as `directions`.

    Raises:
        UsageError: as there.
        ArtganError: as there, or if the file is gone.
    """
    from ..artworks.places import check_writable
    from ..gallery.strips import hang_directions
    from ..training.lock import locked

    if not file.is_file():
        raise ArtganError(f"{file} is gone: load the model anew")
    run = _run_of(file)
    with locked(run.path) if run else nullcontext(), reporter.progress() as progress:
        check_writable(file.parent, "copy the model to where you can write")
        directed = _directed(model, request, progress)
        if directed.directions != model.directions:
            _keep(directed, file, run)

        hung = run.hung if run else file.parent
        page = hang_directions(hung, directed, progress) if _shows(hung, model) else None
    if run and page is None and (hung / "index.html").is_file():
        reporter.say(f"{hung} shows this run by other weights: artgan directions finds theirs in that folder")
    return DirectionsResult(directed.directions, file, page)


def _directed(model: Model, request: DirectionsRequest, progress: Progress) -> Model:
    """Return a model with the directions that are asked for; those that it had before keep their names.

    Raises:
        UsageError: if there is no such direction, or the model makes no pictures.
        ArtganError: if what it makes is not finite.
    """
    from ..artworks.leading_directions import find_directions
    from ..artworks.styles import named_by_layers

    found = model.directions
    if not found or request.anew or request.count not in (None, len(found)):
        count = request.count or len(found) or min(COUNT, model.generator.latent)
        found = with_names(find_directions(model, count=count, progress=progress), found)
        found = named_by_layers(found, model.style_layers)
    return replace(model, directions=renamed(found, request.names))


def _keep(model: Model, file: Path, run: RunFolder | None) -> None:
    """Write a model with its directions in place of its file, and of all of the same weights in its run."""
    from ..training.checkpoint import replace_models

    if run is None:
        model.save(file)
    else:
        replace_models(run, model)


def _run_of(file: Path) -> RunFolder | None:
    """Return the run that a model's file is of, where it lies in a checkpoint; else None."""
    from ..artworks.places import RunFolder
    from ..training.checkpoint import MANIFEST

    if not (file.parent / MANIFEST).is_file():
        return None
    run = RunFolder(file.absolute().parents[2])
    return run if run.is_begun else None


def _shows(folder: Path, model: Model) -> bool:
    """Return whether a folder is that of a run in a gallery, with the same weights."""
    from ..artworks.model_file import FILE_NAME, has_weights
    from ..gallery.run_record import RECORD

    return (folder / RECORD).is_file() and has_weights(folder / FILE_NAME, model.weights_digest)
