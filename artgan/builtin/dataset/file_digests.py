"""SHA-256 of files, remembered as long as size and times of a file stay the same."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from artgan import ArtganError

from .picture_list import Stamp, UnreadableError, is_settled, stamp_of
from .sample_store import kept_in

CHUNK = 2**18
DIGITS = 64
"""Of a SHA-256 in hexadecimal."""


class Digests:
    """The digests of the files of one place, asked for in the order of their names.

    The old list is read and the new one written line by line beside each other, so that memory stays flat. Where
    nothing at all has changed, neither is done: one digest of all names and stamps tells.

    Args:
        cache: the workspace's cache.
        place: the folder or file that holds what is digested.
    """

    def __init__(self, cache: Path, place: Path) -> None:
        self._cache = cache
        key = hashlib.sha256(os.fsencode(place.resolve())).hexdigest()
        self._path = cache / "digests" / f"{key}.jsonl"
        self._whole = self._path.with_suffix(".all")
        self._draft = self._path.with_name(f".{uuid.uuid4().hex[:12]}.jsonl")
        self._news = False
        self._state, self._found, self._settled = hashlib.sha256(), list[str](), True

    def all(self, files: Iterable[tuple[str, Stamp]]) -> list[str]:
        """Return the digests of all files where nothing has changed since they were last asked for; else none.

        Args:
            files: the names and stamps of all, in order.
        """
        try:
            with self._whole.open(encoding="ascii") as file:
                state, digests = file.readline().strip(), file.read().strip()
        except (OSError, ValueError):
            return []
        found = hashlib.sha256()
        for name, stamp in files:
            found.update(_line_of_state(name, stamp))
        if found.hexdigest() != state:
            return []
        return [digests[at : at + DIGITS] for at in range(0, len(digests), DIGITS)]

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
            if kind is None:
                self._keep()
            self._draft.unlink(missing_ok=True)

    def _keep(self) -> None:
        if self._news:
            self._draft.replace(self._path)
        if self._settled and self._found:
            self._draft.write_text(f"{self._state.hexdigest()}\n{''.join(self._found)}\n", encoding="ascii")
            self._draft.replace(self._whole)

    def known(self, name: str, stamp: Stamp) -> str:
        """Return the SHA-256 of a file in hexadecimal where it is remembered, else nothing.

        Args:
            name: its name; never before the name that was asked for last.
            stamp: size, times of change and number of the file, from `stamp_of`.
        """
        while self._current and self._current[0] < name:
            self._current = next(self._old, None)
        return self._current[2] if self._current and self._current[:2] == (name, stamp) else ""

    def take(self, name: str, stamp: Stamp, digest: str, *, new: bool) -> None:
        """Remember the digest of the next file, which is new or was known."""
        self._news |= new
        if is_settled(stamp):
            with kept_in(self._cache):
                self._new.write(json.dumps([name, stamp, digest]) + "\n")
        else:
            self._settled = False
        self._state.update(_line_of_state(name, stamp))
        self._found.append(digest)


def file_digest(path: Path, cache: Path) -> str:
    """Return the SHA-256 of one file.

    Raises:
        ArtganError: if it cannot be read.
    """
    try:
        with Digests(cache, path) as digests:
            stamp = stamp_of(path.stat())
            known = digests.known(path.name, stamp)
            digest = known or digest_of(lambda: path.open("rb"))
            digests.take(path.name, stamp, digest, new=not known)
            return digest
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


def digest_of(open_file: Callable[[], BinaryIO]) -> str:
    """Return the SHA-256 of what a file holds, in hexadecimal.

    Raises:
        UnreadableError: if it cannot be read.
    """
    try:
        digest = hashlib.sha256()
        with open_file() as file:
            while part := file.read(CHUNK):
                digest.update(part)
        return digest.hexdigest()
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from None


def _line_of_state(name: str, stamp: Stamp) -> bytes:
    return f"{name}\0{stamp}\n".encode("utf-8", "surrogateescape")


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
