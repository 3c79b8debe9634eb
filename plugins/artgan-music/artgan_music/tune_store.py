"""Tunes that were read, kept in the cache, so that the same files are read but once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from artgan import ArtganError, parse_json, replacing
from artgan.interfaces import LeftOut, Workspace

from .tune import Metre, Tune

VERSION = "2"
"""Changed where the readers come to read something else of the same files."""

Read = Callable[[str, bytes], Iterable[tuple[str, list[Tune] | str]]]
"""Gives, of a file's name and content, the name of each tune in it, and what it gives, or why it gives none."""


@dataclass(frozen=True)
class Found:
    """What was found in files.

    Attributes:
        tunes: of which each is there once.
        left_out: what gives none, and why.
    """

    tunes: tuple[Tune, ...]
    left_out: tuple[LeftOut, ...]


def found_in(
    files: Iterable[tuple[str, bytes | str]], read: Read, *, options: str, workspace: Workspace, count: int
) -> Found:
    """Return the tunes of files, read anew only where these are not the same as before.

    Args:
        files: the name of each, and its content, or why it cannot be read.
        read: reads the tunes of one.
        options: what else the tunes depend on.
        workspace: where they are kept, and what is told how far this is.
        count: of the files.
    """
    contents = list(files)
    digest = hashlib.sha256(f"{VERSION}\0{options}".encode())
    for name, content in contents:
        digest.update(name.encode() + b"\0" + (content if isinstance(content, bytes) else content.encode()) + b"\0")
    path = workspace.cache / "music" / f"{digest.hexdigest()}.json"
    if known := _kept(path):
        return known

    found = _read(contents, read, workspace, count)
    rows = [[tune.title, str(tune.metre), tune.bars] for tune in found.tunes]
    content = json.dumps({"tunes": rows, "left_out": [[item.name, item.reason] for item in found.left_out]})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            draft.write_text(content, encoding="utf-8")
    except (OSError, ArtganError):
        pass  # a cache that cannot be written to costs nothing but time
    return found


def _read(contents: list[tuple[str, bytes | str]], read: Read, workspace: Workspace, count: int) -> Found:
    tunes: dict[tuple[object, ...], Tune] = {}
    left_out = list[LeftOut]()
    for number, (name, content) in enumerate(contents):
        workspace.progress("reading tunes", number, count)
        for title, given in _tunes_of(name, content, read):
            if isinstance(given, str):
                left_out.append(LeftOut(title, given))
                continue
            for tune in given:
                tunes.setdefault((tune.metre, tune.bars), tune)
    workspace.progress("reading tunes", count, count)
    return Found(tuple(tunes.values()), tuple(left_out))


def _tunes_of(name: str, content: bytes | str, read: Read) -> Iterator[tuple[str, list[Tune] | str]]:
    if isinstance(content, str):
        yield name, content
        return
    for title, given in read(name, content):
        yield (", ".join(filter(None, (name, title)))), given


def _kept(path: Path) -> Found | None:
    """Return what was kept, or None where nothing was, or it is damaged."""
    try:
        table = parse_json(path.read_text(encoding="utf-8"))
        tunes = tuple(
            Tune(title, Metre.parse(metre), tuple(tuple((pitch, ticks) for pitch, ticks in bar) for bar in bars))
            for title, metre, bars in table["tunes"]
        )
        return Found(tunes, tuple(LeftOut(name, reason) for name, reason in table["left_out"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
