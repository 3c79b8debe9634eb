"""Blend two models into one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..artworks.places import check_writable, gallery_folder
from ..errors import UsageError
from ..interfaces import Reporter
from ..plugins.loader import Plugins, load_plugins
from ._context import SILENT
from ._export import SUFFIX


@dataclass(frozen=True, kw_only=True)
class BlendRequest:
    """Which models to blend, and where.

    Attributes:
        coarse: the model of the coarse layers: a run's name or folder, its folder in a gallery, or a model's file.
        fine: that of the fine layers, as ``coarse``; one of the two was started from the other.
        at: the longer side, in pixels, up to which layers are coarse.
        file: a new file that ends in ``.artgan``; None for one in this folder that is called as the two models and the
            size.
        hang: whether works of it are hung in the gallery beside the file.
        command: what was typed, which its page tells.
    """

    coarse: Path
    fine: Path
    at: int
    file: Path | None = None
    hang: bool = False
    command: str = ""


@dataclass(frozen=True)
class BlendResult:
    """A blend that was written.

    Attributes:
        file: its file.
        sizes: at which sizes its layers work, in pixels.
        coarse_share: of its numbers, those that are of the coarse model, 0 to 1.
        weights_digest: SHA-256 of its weights, in hexadecimal.
        licence: of the data of both models.
        page: its page in the gallery; None where it was not hung.
    """

    file: Path
    sizes: tuple[int, ...]
    coarse_share: float
    weights_digest: str
    licence: str
    page: Path | None


def blend(request: BlendRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> BlendResult:
    """Write a model that has the coarse layers of one model and the fine layers of another.

    Args:
        request: which, and where.
        plugins: what was loaded; None loads what is installed.
        reporter: told of each work that is hung.

    Raises:
        UsageError: if there is no such model, they do not fit each other, or the file exists.
        ArtganError: if one is damaged, or the file cannot be written.
    """
    from ..artworks.blend import blend as blend_models
    from ..artworks.model import load_newest

    registry = (plugins or load_plugins()).registry
    models = [load_newest(place, registry)[0] for place in (request.coarse, request.fine)]
    blended = blend_models(*models, at=request.at)
    file = request.file or Path(f"{blended.model.provenance.run}{SUFFIX}")
    check_file(file)
    blended.model.save(file)

    page = None
    if request.hang:
        from ..gallery.from_blend import hang_blend

        gallery = gallery_folder(file.parent)
        check_writable(gallery)
        with reporter.progress() as progress:
            page = hang_blend(blended.model, gallery, registry, command=request.command, progress=progress)
    return BlendResult(
        file=file,
        sizes=blended.sizes,
        coarse_share=blended.coarse_share,
        weights_digest=blended.model.weights_digest,
        licence=blended.model.provenance.licence,
        page=page,
    )


def check_file(file: Path) -> None:
    """Check that a blend can be written to a file.

    Raises:
        UsageError: if its name ends otherwise than a model's, or it exists.
        ArtganError: if its folder cannot be written.
    """
    if file.suffix != SUFFIX:
        raise UsageError(f"{file} does not end in {SUFFIX}: call it {file.with_suffix(SUFFIX).name}")
    if file.exists():
        raise UsageError(f"{file} exists already: choose another name with --out")
    check_writable(file.parent)
