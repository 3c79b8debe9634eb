"""Hangs a model that was blended of others in the gallery."""

from __future__ import annotations

from pathlib import Path

from ..artworks.model import Model
from ..interfaces import Progress
from ..plugins.registry import Registry
from .build import RunRecord, hang
from .front_page import build_index


def hang_blend(model: Model, gallery: Path, registry: Registry, *, command: str, progress: Progress) -> Path:
    """Make works and pages of a model that was made by no training of its own, and return its page.

    Args:
        model: the model.
        gallery: the folder of all runs.
        registry: where generators of the gallery are looked up.
        command: what was typed.
        progress: told of each work.
    """
    record = RunRecord(
        id=model.provenance.run,
        title=model.provenance.dataset,
        command=command,
        device="the CPU",
        parameters={"generator": sum(parameter.numel() for parameter in model.network.parameters())},
        log=(),
        events=("nothing of it was trained together: its layers are those of the models that it was blended of",),
    )
    page = hang(record, model, gallery=gallery, snapshots={}, progress=progress)
    build_index(gallery, registry)
    return page
