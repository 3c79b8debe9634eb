"""Set works of a run on paper: on one sheet, or on pages where this is how a kind of art is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..interfaces import Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import SEEDS
from ._context import SILENT

MOST_WORKS = 1000


@dataclass(frozen=True, kw_only=True)
class PosterRequest:
    """What stands on a poster.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        seeds: of the works, in this order.
        columns: works in a row; None for as many as fit the sheet best.
        title: what stands above; empty for the title of the data.
        out: a PDF; None for one in the samples of the run.

    Raises:
        UsageError: if there are too many works or none, a seed is out of range, or the file is to be no PDF.
    """

    run: Path
    seeds: Sequence[int] = range(48)
    columns: int | None = None
    title: str = ""
    out: Path | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.seeds) <= MOST_WORKS:
            raise UsageError(f"--seeds names {len(self.seeds):,} works; at most {MOST_WORKS:,} have room")
        if not (min(self.seeds) >= 0 and max(self.seeds) < SEEDS):
            raise UsageError(f"seeds are from 0 to {SEEDS - 1}")
        if self.out is not None and self.out.suffix != ".pdf":
            raise UsageError(f"--out {self.out} must end in .pdf; a PNG is written beside it")


@dataclass(frozen=True)
class PosterResult:
    """A poster that was made.

    Attributes:
        files: the PDF; and beside that of one sheet a PNG.
        left_out: characters that no font on this machine has, each once.
    """

    files: Sequence[Path]
    left_out: str


def poster(request: PosterRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> PosterResult:
    """Set works on a sheet of A3 at 300 dots an inch, or on pages as the modality prints them.

    Args:
        request: which works.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model, its works cannot be put on paper, or columns are asked for on pages.
    """
    from ..artworks.model import load_newest
    from ..artworks.places import check_writable, samples_folder
    from ..artworks.work import tracked
    from ..gallery.poster.sheet import Poster, notes_of, on_paper

    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    if model.modality.paged and request.columns is not None:
        raise UsageError(f"{model.modality.noun}s are set on pages, one below the other: leave out --columns")
    path = request.out or samples_folder(place) / f"{_stem(request.seeds)}.pdf"
    check_writable(path.parent)
    with reporter.progress() as progress:
        made = (model.make(model.origin(seed)) for seed in request.seeds)
        samples = list(tracked(made, len(request.seeds), progress, "making works"))

    title = request.title or model.provenance.dataset
    path.parent.mkdir(parents=True, exist_ok=True)
    if model.modality.paged:
        captions = [str(seed) for seed in request.seeds]
        unset = model.modality.write_pages(path, samples, captions, title=title, notes=notes_of(model))
        return PosterResult(files=[path], left_out=unset)

    pictures, unset = on_paper(model, samples)
    sheet = Poster(pictures, request.seeds, model, title=title, columns=request.columns)
    files = sheet.write(path)
    return PosterResult(files=files, left_out="".join(sorted({*sheet.left_out, *unset})))


def _stem(seeds: Sequence[int]) -> str:
    """Return what a poster of these works is called, without its ending."""
    from ..artworks.origin import stem_of_names

    first, count = seeds[0], len(seeds)
    if list(seeds) == list(range(first, first + count)):
        return f"poster-{first:08d}-{count}"
    return f"poster-{stem_of_names([str(seed) for seed in seeds])}"
