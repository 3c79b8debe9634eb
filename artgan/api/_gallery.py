"""The gallery: what was made, as people look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..artworks.places import gallery_folder
from ..errors import ArtganError, UsageError
from ..gallery.server import GalleryServer
from ..interfaces import LeftOut, Reporter
from ..plugins.loader import Plugins, load_plugins
from ._context import SILENT
from ._resume import ResumeRequest, restore

HERE = gallery_folder()
FIRST_PAGE, RUN_PAGES = "index.html", "[!.]*/run.json"


@dataclass(frozen=True)
class GalleryResult:
    """A gallery whose pages were written.

    Attributes:
        page: its first page.
        left_out: runs that cannot be shown, and why.
        kept: runs that stay as they hang, since the plugin that shows their works is not there.
    """

    page: Path
    left_out: tuple[LeftOut, ...] = ()
    kept: tuple[LeftOut, ...] = ()


def hang(
    run: str | Path,
    *,
    data: Path | None = None,
    out: Path = Path(),
    device: str = "auto",
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
) -> GalleryResult:
    """Hang a run as it was last saved, or as it was at its best; what hung of it before is replaced.

    Args:
        run: its folder, or its name in ``out``.
        data: where its data lies now; None for where its recipe says.
        out: the folder that holds ``runs``, where the run is given by name; it hangs in the gallery beside them.
        device: where its networks are opened.
        plugins: what was loaded; None loads what is installed.
        reporter: told what is being done.

    Raises:
        UsageError: if there is no such run, its data is gone, or nothing was saved of it yet.
        ArtganError: if it has no valid checkpoint, its recipe or its data has changed, or a process trains it.
    """
    from ._result import hang_in_gallery

    request = ResumeRequest(run=run, data=data, out=out, device=device)
    restored = restore(request, plugins=plugins or load_plugins(), reporter=reporter)
    if not restored.checkpoints.any():
        raise UsageError(f"nothing was saved of {restored.id} yet: {restored.resume_command()} begins it again")
    return GalleryResult(hang_in_gallery(restored, reporter=reporter))


def build_gallery(folder: Path = HERE, *, plugins: Plugins | None = None) -> GalleryResult:
    """Write all pages of a gallery anew, with the live generators and walks that they lack; works stay as they are.

    Args:
        folder: the gallery.
        plugins: what was loaded; None loads what is installed.

    Raises:
        UsageError: if no run hangs there.
    """
    from ..gallery.build import rebuild

    _check(folder, RUN_PAGES)
    rebuilt = rebuild(folder, (plugins or load_plugins()).registry)
    return GalleryResult(folder / FIRST_PAGE, rebuilt.left_out, rebuilt.kept)


def gallery_page(folder: Path = HERE) -> Path:
    """Return the first page of a gallery.

    Raises:
        UsageError: if there is none.
    """
    _check(folder, FIRST_PAGE)
    return folder / FIRST_PAGE


def gallery_server(folder: Path = HERE, *, port: int = 8000, files: Sequence[str | Path] = ()) -> GalleryServer:
    """Return a server that shows a gallery to browsers on this machine; it is a context, and begins to serve when told.

    Args:
        folder: the gallery.
        port: where; 0 for any that is free.
        files: of plugins, with which runs go on that are continued on their pages, beside those that are installed.

    Raises:
        UsageError: if there is no gallery.
        ArtganError: if the port is taken.
    """
    _check(folder, FIRST_PAGE)
    try:
        return GalleryServer(folder, port, files)
    except OSError as error:
        raise ArtganError(f"cannot serve at port {port}: {error.strerror}; choose another --port") from None


def _check(folder: Path, needed: str) -> None:
    if not any(folder.glob(needed)):
        raise UsageError(f"{folder} is no gallery, or an empty one: artgan run makes one, or give its folder")
