"""Tunes and pieces that were read, kept in the cache, so that the same files are read but once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from artgan import ArtganError, parse_json, replacing
from artgan.interfaces import LeftOut, Workspace

from .piece import Piece
from .tune import Bar, Metre, Tune

VERSION = "3"
"""Changed where the readers come to read something else of the same files."""

T = TypeVar("T", bound=Tune | Piece)

Read = Callable[[str, bytes], Iterable[tuple[str, list[T] | str]]]
"""Gives, of a file's name and content, the name of each tune in it, and what it gives, or why it gives none."""


Made = Callable[[str, tuple[Tune, ...]], T]
"""Makes one again of its title and its parts."""


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was found in files.

    Attributes:
        pieces: tunes, or pieces of several voices, of which each is there once.
        left_out: what gives none, and why.
    """

    pieces: tuple[T, ...]
    left_out: tuple[LeftOut, ...]


def the_part(title: str, parts: tuple[Tune, ...]) -> Tune:
    """Return the tune that is the only part of what is kept."""
    return parts[0]


def found_in(
    files: Iterable[tuple[str, bytes | str]],
    read: Read[T],
    made: Made[T],
    *,
    options: str,
    workspace: Workspace,
    count: int,
) -> Found[T]:
    """Return the tunes or pieces of files, read anew only where these are not the same as before.

    Args:
        files: the name of each, and its content, or why it cannot be read.
        read: reads the tunes of one.
        made: makes a tune of what is kept of it.
        options: what else the tunes depend on.
        workspace: where they are kept, and what is told how far this is.
        count: of the files.
    """
    contents = list(files)
    digest = hashlib.sha256(f"{VERSION}\0{options}".encode())
    for name, content in contents:
        digest.update(name.encode() + b"\0" + (content if isinstance(content, bytes) else content.encode()) + b"\0")
    path = workspace.cache / "music" / f"{digest.hexdigest()}.json"
    if known := _kept(path, made):
        return known

    found = _read(contents, read, workspace, count)
    rows = [[piece.title, str(piece.metre), [part.bars for part in piece.parts]] for piece in found.pieces]
    content = json.dumps({"pieces": rows, "left_out": [[item.name, item.reason] for item in found.left_out]})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            draft.write_text(content, encoding="utf-8")
    except (OSError, ArtganError):
        pass  # a cache that cannot be written to costs nothing but time
    return found


def _read(contents: list[tuple[str, bytes | str]], read: Read[T], workspace: Workspace, count: int) -> Found[T]:
    pieces: dict[tuple[object, ...], T] = {}
    left_out = list[LeftOut]()
    for number, (name, content) in enumerate(contents):
        workspace.progress("reading tunes", number, count)
        for title, given in _pieces_of(name, content, read):
            if isinstance(given, str):
                left_out.append(LeftOut(title, given))
                continue
            for piece in given:
                pieces.setdefault((piece.metre, *(part.bars for part in piece.parts)), piece)
    workspace.progress("reading tunes", count, count)
    return Found(tuple(pieces.values()), tuple(left_out))


def _pieces_of(name: str, content: bytes | str, read: Read[T]) -> Iterator[tuple[str, list[T] | str]]:
    if isinstance(content, str):
        yield name, content
        return
    for title, given in read(name, content):
        yield (", ".join(filter(None, (name, title)))), given


def _kept(path: Path, made: Made[T]) -> Found[T] | None:
    """Return what was kept, or None where nothing was, or it is damaged."""
    try:
        table = parse_json(path.read_text(encoding="utf-8"))
        pieces = tuple(
            made(title, tuple(Tune(title, Metre.parse(metre), _bars(bars)) for bars in parts))
            for title, metre, parts in table["pieces"]
        )
        return Found(pieces, tuple(LeftOut(name, reason) for name, reason in table["left_out"]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _bars(bars: list[list[tuple[int | None, int]]]) -> tuple[Bar, ...]:
    return tuple(tuple((pitch, ticks) for pitch, ticks in bar) for bar in bars)
