"""Make a work again from its record, and compare it with the one there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..plugins.loader import Plugins, load_plugins


@dataclass(frozen=True, kw_only=True)
class RemakeRequest:
    """Which work to make again.

    Attributes:
        work: its file.
        model: the model that made it, or its run; None to look for it near the work, in ``runs`` and in ``gallery``.
        out: where the remade work is written; None for nowhere.
    """

    work: Path
    model: Path | None = None
    out: Path | None = None


@dataclass(frozen=True)
class RemakeResult:
    """How a work and the one that was made again compare.

    Attributes:
        difference: in what they differ, in words; empty where both are identical.
        unit: what a sample consists of, in the plural.
        within: by how many levels values of identical ones may differ, as where a work was rendered in batches.
    """

    difference: str
    unit: str
    within: int = 0


def remake(request: RemakeRequest, *, plugins: Plugins | None = None) -> RemakeResult:
    """Make a work again from the record that it carries.

    Args:
        request: which work.
        plugins: what was loaded; None loads what is installed.

    Raises:
        UsageError: if the file does not end like a work, or there is no such model.
        ArtganError: if it is no work, or its model is not found, another or damaged.
    """
    from ..artworks.model import Model
    from ..artworks.places import gallery_folder, newest_model, runs_folder
    from ..artworks.record_file import modality_of
    from ..artworks.work import find_model, read_work
    from ..artworks.work import remake as make_again

    registry = (plugins or load_plugins()).registry
    work = read_work(request.work, modality_of(request.work, registry))
    places = runs_folder(), gallery_folder()
    model = Model.load(newest_model(request.model) if request.model else find_model(work, places), registry)
    again = make_again(work, model)
    if request.out:
        request.out.parent.mkdir(parents=True, exist_ok=True)
        model.modality.write(request.out, again.sample, work.record)
    return RemakeResult(difference=again.difference, unit=model.modality.unit, within=again.within)
