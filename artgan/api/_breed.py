"""Make children of two works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..interfaces import Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import check_seeds, starts_of
from ._context import SILENT

if TYPE_CHECKING:
    from ._works import WorksResult

MOST_CHILDREN = 10_000


@dataclass(frozen=True, kw_only=True)
class BreedRequest:
    """Whose children to make.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        parents: two works, each by its seed or by its file, which must be of this very model.
        count: how many children.
        start: number of the first child; it decides which numbers of its latent come from which parent.
        out: where they are written; None for the samples of the run.

    Raises:
        UsageError: if the numbers are out of range.
    """

    run: Path
    parents: tuple[int | Path, int | Path]
    count: int = 8
    start: int = 0
    out: Path | None = None

    def __post_init__(self) -> None:
        check_seeds(self.start, self.count, most=MOST_CHILDREN, option="--from", what="children", ends="their numbers")


def breed(request: BreedRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> WorksResult:
    """Make children of two works, each with its record, a sheet that begins with the parents, and a copy of the model.

    Args:
        request: whose children.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model or file, or the parents' latents do not fit into a record.
        ArtganError: if a file is no work of this model, or another work has the name of one of the children.
    """
    from ..artworks.model import load_newest
    from ..artworks.origin import are_recordable
    from ..artworks.places import check_writable, samples_folder
    from ..artworks.work import make_works
    from ._works import finish

    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    parents = starts_of(request.parents, model)
    if not are_recordable(parents):
        raise UsageError("the latents of two works of this model do not fit into a record: give one by its seed")
    folder = request.out or samples_folder(place)
    check_writable(folder)

    numbers = range(request.start, request.start + request.count)
    origins = [model.origin(number, parents=parents) for number in numbers]
    with reporter.progress() as progress:
        children = make_works(model, folder, origins, progress=progress)

    names = "-".join(parent.name for parent in parents)
    family = folder / f"family-{names}-{request.start}-{request.count}"
    return finish(model, children, family, first=[model.make_start(parent) for parent in parents])
