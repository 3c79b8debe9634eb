"""SHA-256 of files, remembered as long as size and times of a file stay the same."""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from artgan import ArtganError

from .picture_list import Stamp, UnreadableError, stamp_of
from .sample_store import kept_in

SETTLED = 2_000_000_000
"""Nanoseconds after its last change before a file's digest is remembered: a clock may be that coarse."""

CHUNK = 2**18


class Digests:
    """The digests of the files of one place, asked for in the order of their names.

    The old list is read and the new one written line by line beside each other, so that memory stays flat.

    Args:
        cache: the workspace's cache.
        place: the folder or file that holds what is digested.
    """

    def __init__(self, cache: Path, place: Path) -> None:
        self._cache = cache
        key = hashlib.sha256(os.fsencode(place.resolve())).hexdigest()
        self._path = cache / "digests" / f"{key}.jsonl"
        self._draft = self._path.with_name(f".{uuid.uuid4().hex[:12]}.jsonl")
        self._news = False

    def __enter__(self) -> Self:
        with kept_in(self._cache):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._old = _entries(self._path)
            self._current = next(self._old, None)
            self._new = self._draft.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._old.close()  # type: ignore[attr-defined]  # a generator, which closes its file
        with kept_in(self._cache):
            self._new.close()
            if self._news and kind is None:
                self._draft.replace(self._path)
            self._draft.unlink(missing_ok=True)

    def of(self, name: str, stamp: Stamp, open_file: Callable[[], BinaryIO]) -> str:
        """Return the SHA-256 of a file in hexadecimal.

        Args:
            name: its name; never before the name that was asked for last.
            stamp: size, times of change and number of the file, from `stamp_of`.
            open_file: opens it, where it must be read.

        Raises:
            UnreadableError: if it cannot be read.
        """
        while self._current and self._current[0] < name:
            self._current = next(self._old, None)
        if self._current and self._current[:2] == (name, stamp):
            digest = self._current[2]
        else:
            digest = _digest(open_file)
            self._news = True
        if stamp and max(stamp[1:3]) < time.time_ns() - SETTLED:
            with kept_in(self._cache):
                self._new.write(json.dumps([name, stamp, digest]) + "\n")
        return digest


def file_digest(path: Path, cache: Path) -> str:
    """Return the SHA-256 of one file.

    Raises:
        ArtganError: if it cannot be read.
    """
    try:
        with Digests(cache, path) as digests:
            return digests.of(path.name, stamp_of(path.stat()), lambda: path.open("rb"))
    except UnreadableError as error:
        raise ArtganError(f"{path} {error}") from None
    except OSError as error:
        raise ArtganError(f"cannot use {error.filename or path} ({error.strerror})") from None


def content_key(kind: str, *parts: str) -> str:
    """Return one SHA-256 for a kind of decoding, its version and options, and the digests of what goes in."""
    digest = hashlib.sha256()
    for part in (kind, *parts):
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
    return digest.hexdigest()


def _digest(open_file: Callable[[], BinaryIO]) -> str:
    try:
        digest = hashlib.sha256()
        with open_file() as file:
            while part := file.read(CHUNK):
                digest.update(part)
        return digest.hexdigest()
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from None


def _entries(path: Path) -> Iterator[tuple[str, Stamp, str]]:
    """Read an old list; damaged lines are passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                name, stamp, digest = json.loads(line)
                yield str(name), tuple(int(number) for number in stamp), str(digest)
            except (ValueError, TypeError):
                continue
