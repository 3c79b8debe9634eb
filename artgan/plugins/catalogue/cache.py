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
    remembered, code, stamp = _read_memory(), _code(), _stamp()
    if remembered.code != code:
        remembered = _NOTHING
    known = {row.key: row for row in remembered.rows if row.is_fresh()}
    loose: list[Row] = []
    if remembered.stamp == stamp and len(known) == len(remembered.rows) and not files and not plugin_files():
        rows = list(remembered.rows)
    elif load_changed:
        from .index import index_files, index_installed

        rows, loose = index_installed(known), index_files(files)
        if (memory := _Memory(code, stamp, rows)) != remembered and "ARTGAN_LOAD_PLUGINS" not in os.environ:
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
    code: Sequence[Any]
    stamp: Sequence[Any]
    rows: Sequence[Row]


_NOTHING = _Memory([], [], [])


def _memory_path() -> Path:
    environment = hashlib.sha256(f"{sys.prefix}\0{sys.version}".encode()).hexdigest()[:16]
    return cache_folder() / f"plugins-{environment}.json"


def _code() -> list[Any]:
    """Return what changes with the part of artgan that tells of components."""
    return [FORMAT, __version__, *_code_stamp("interfaces"), *_code_stamp("plugins/catalogue")]


def _stamp() -> list[Any]:
    """Return what changes whenever a distribution comes or goes; the first of ``sys.path`` is the script's own."""
    return [sys.version, *([path, *file_stamp(path)] for path in sys.path[1:])]


def _code_stamp(folder: str) -> list[int]:
    """Return what changes with any module in a folder of artgan: their times and their sizes, added up."""
    with os.scandir(Path(__file__).parents[2] / folder) as entries:
        found = [entry.stat() for entry in entries if entry.name.endswith(".py")]
    return [sum(file.st_mtime_ns for file in found), sum(file.st_size for file in found)]


def _read_memory() -> _Memory:
    try:
        memory = json.loads(_memory_path().read_bytes())
        rows = [Row(parse_entry(row["entry"]), row["files"]) for row in memory["rows"]]
        return _Memory(memory["code"], memory["stamp"], rows)
    except (OSError, ValueError, LookupError, TypeError):
        return _NOTHING


def _write_memory(memory: _Memory) -> None:
    with suppress(OSError):  # without a memory the plugins are loaded each time
        write_text(_memory_path(), json.dumps(asdict(memory)))
