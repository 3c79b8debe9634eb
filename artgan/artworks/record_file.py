"""The record that a file carries, whatever it is: a work, a walk, or the JSON that lies beside one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ArtganError, UsageError
from ..interfaces import Modality
from ..plugins.registry import Registry
from .record import read_record_file
from .walk import checked_walk, is_walk, read_walk
from .work import checked, read_work


def read_record(path: Path, registry: Registry) -> dict[str, Any]:
    """Return the record of a work or a walk, which may end alike, or of the JSON that lies beside one.

    Args:
        path: the file, which may come from anybody.
        registry: of the modalities.

    Raises:
        UsageError: if it does not end like any of these.
        ArtganError: if it carries no record that this artgan can read.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        record = read_record_file(path)
        return checked_walk(record, path) if "walk" in record else checked(record, path)

    modality = modality_of(path, registry, walks=True)
    if suffix in modality.walk_suffixes and (suffix != modality.suffix or is_walk(path, modality)):
        return read_walk(path, modality)
    try:
        return read_work(path, modality).record
    except ArtganError:
        beside = _beside(path)
        if "walk" not in beside:
            raise
    return checked_walk(beside, path)


def modality_of(path: Path, registry: Registry, *, walks: bool = False) -> Modality:
    """Return the modality whose works end like a path.

    Args:
        path: of a work.
        registry: of the modalities.
        walks: whether walks count as works.

    Raises:
        UsageError: if there is none.
    """
    modalities = [registry.get(Modality, name).configure({}) for name in registry.names(Modality)]
    for modality in modalities:
        if path.suffix.lower() in (modality.suffix, *(modality.walk_suffixes if walks else ())):
            return modality
    known = ", ".join(f"{modality.name} ({modality.suffix})" for modality in modalities)
    raise UsageError(f"{path} does not end like a work of any known modality: {known}; a plugin may bring its own")


def _beside(path: Path) -> dict[str, Any]:
    """Return the record beside a sheet, which may be that of a walk; empty where there is none.

    Raises:
        ArtganError: if there is no such sheet.
    """
    if not path.is_file():
        raise ArtganError(f"{path} does not exist")
    try:
        return read_record_file(path.with_suffix(".json"))
    except ArtganError:
        return {}
