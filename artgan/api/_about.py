"""Read what a work tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..plugins.loader import Plugins, load_plugins


def about(work: Path, *, plugins: Plugins | None = None) -> Mapping[str, object]:
    """Return the record of a work, a walk, or the JSON beside one; it may come from anybody, and proves nothing.

    Args:
        work: the file.
        plugins: what was loaded; None loads what is installed.

    Raises:
        UsageError: if the file does not end like a work or a walk.
        ArtganError: if it carries no record that this artgan can read.
    """
    from ..artworks.record_file import read_record

    return read_record(work, (plugins or load_plugins()).registry)
