"""What the installed plugins offer, known without importing them: remembered from when each was last loaded.

A plugin is loaded anew when its distribution, one of its files, artgan or Python has changed, and each time while
something is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...files import cache_folder, write_text
from ...version import __version__
from ..environment import allowed, plugin_files
from .entries import Catalogue, Row, file_stamp, parse_entry

FORMAT = 2


def read_catalogue(files: Iterable[str] = (), *, load_changed: bool = True) -> Catalogue:
    """Return what the built-in plugin, the installed ones and the given files offer.

    The environment variables that `artgan.plugins.loader.load_plugins` obeys count here too.

    Args:
        files: single-file plugins or package folders; these are always loaded.
        load_changed: whether to load what is not remembered as it is now; else it is left out.

    Raises:
        ArtganError: under ``ARTGAN_STRICT=1`` if anything was left out.
    """
    remembered, stamp = _read_memory(), _stamp()
    known = {row.key: row for row in remembered.rows if row.is_fresh()}
    loose: list[Row] = []
    if remembered.stamp == stamp and len(known) == len(remembered.rows) and not files and not plugin_files():
        rows = list(remembered.rows)
    elif load_changed:
        from .index import index_files, index_installed

        rows, loose = index_installed(known), index_files(files)
        if (memory := _Memory(stamp, rows)) != remembered and "ARTGAN_LOAD_PLUGINS" not in os.environ:
            _write_memory(memory)
    else:
        rows = list(known.values()) if remembered.stamp == stamp else []
    rows = [row for row in rows if allowed(row.entry.plugin, row.entry.distribution)]
    return Catalogue([row.entry for row in (*rows, *loose)])


def forget() -> None:
    """Forget everything, so that all plugins are loaded when next asked for."""
    _memory_path().unlink(missing_ok=True)


@dataclass(frozen=True)
class _Memory:
    stamp: Sequence[Any]
    rows: Sequence[Row]


def _memory_path() -> Path:
    environment = hashlib.sha256(f"{sys.prefix}\0{sys.version}".encode()).hexdigest()[:16]
    return cache_folder() / f"plugins-{environment}.json"


def _stamp() -> list[Any]:
    """Return what changes whenever a distribution comes or goes; the first of ``sys.path`` is the script's own."""
    return [FORMAT, __version__, sys.version, *([path, *file_stamp(path)] for path in sys.path[1:])]


def _read_memory() -> _Memory:
    try:
        memory = json.loads(_memory_path().read_bytes())
        return _Memory(memory["stamp"], [Row(parse_entry(row["entry"]), row["files"]) for row in memory["rows"]])
    except (OSError, ValueError, LookupError, TypeError):
        return _Memory([], [])


def _write_memory(memory: _Memory) -> None:
    with suppress(OSError):  # without a memory the plugins are loaded each time
        write_text(_memory_path(), json.dumps(asdict(memory)))
