"""Write a trained model as one file, to give to others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..plugins.loader import Plugins, load_plugins

SUFFIX = ".artgan"


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """Which model to write, and where.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        file: a new file that ends in ``.artgan``.

    Raises:
        UsageError: if the file ends otherwise, or exists.
    """

    run: Path
    file: Path

    def __post_init__(self) -> None:
        if self.file.suffix != SUFFIX:
            raise UsageError(f"{self.file} does not end in {SUFFIX}: call it {self.file.with_suffix(SUFFIX).name}")
        if self.file.exists():
            raise UsageError(f"{self.file} exists already: choose another name")


@dataclass(frozen=True)
class ExportResult:
    """A model that was written.

    Attributes:
        file: its file.
        size: in bytes.
        step: how many steps it was trained.
        weights_digest: SHA-256 of its weights, in hexadecimal.
        dataset: the title of the data it was trained on.
        licence: the licence of the data.
    """

    file: Path
    size: int
    step: int
    weights_digest: str
    dataset: str
    licence: str


def export(request: ExportRequest, *, plugins: Plugins | None = None) -> ExportResult:
    """Write the newest model of a run as one file, which holds neither code nor paths nor names of persons.

    Args:
        request: which model.
        plugins: what was loaded; None loads what is installed.

    Raises:
        UsageError: if there is no such model.
        ArtganError: if it is damaged.
    """
    from ..artworks.model import load_newest

    model, _ = load_newest(request.run, (plugins or load_plugins()).registry)
    model.save(request.file)
    return ExportResult(
        file=request.file,
        size=request.file.stat().st_size,
        step=model.step,
        weights_digest=model.weights_digest,
        dataset=model.provenance.dataset,
        licence=model.provenance.licence,
    )
