"""Opens a trained generator from wherever it lies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..interfaces import Modality
from ..interfaces.component import Component
from .display import Display
from .given_plugins import given_plugins
from .trained_model import TrainedModel

if TYPE_CHECKING:
    from ..api import RunResult
    from ..plugins.registry import Registry


def load(
    place: str | Path | RunResult,
    *,
    plugin_files: Iterable[str | Path] = (),
    classes: Iterable[type[Component]] = (),
    quiet: bool = False,
) -> TrainedModel:
    """Open a trained generator.

    Args:
        place: a run's name or folder, what `artgan.run` returned, a folder in a gallery, a model's file, or a work,
            whose model is looked for near it, in ``runs`` and in ``gallery``.
        plugin_files: single-file plugins or package folders, beside what is installed.
        classes: of components that it was trained with and that no plugin offers.
        quiet: show no progress of what takes long.

    Raises:
        UsageError: if there is none.
        ArtganError: if it is damaged, needs what no installed plugin offers, or is not found near the work.
    """
    from ..artworks.model import load_newest

    found = Path(place) if isinstance(place, str | Path) else place.folder
    registry = given_plugins(plugin_files, classes).registry
    model, path = load_newest(_model_place(found, registry), registry)
    return TrainedModel(model, path, Display(quiet=quiet))


def _model_place(place: Path, registry: Registry) -> Path:
    """Return where a model is: near a work, or where it is said to be.

    Raises:
        ArtganError: if there is none near a work.
    """
    from ..artworks.places import gallery_folder, runs_folder
    from ..artworks.record_file import modality_of
    from ..artworks.work import find_model, read_work

    works = {registry.get(Modality, name).suffix for name in registry.names(Modality)}
    if not (place.suffix.lower() in works and place.is_file()):
        return place
    return find_model(read_work(place, modality_of(place, registry)), (runs_folder(), gallery_folder()))
