"""The files of tunes at a place: a file, a folder, or a zip, in which nothing is unpacked to disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from artgan import ArtganError, UsageError, one_line, printable
from artgan.interfaces import LeftOut, hidden_part, list_folder, notes_on_passed_over

MAX_BYTES = 2**23
"""Bytes of a file; the largest book of tunes has about half as many."""
MAX_FILES = 100_000


@dataclass(frozen=True)
class Place:
    """The files of one ending at a place.

    Attributes:
        path: the file, folder or zip.
        names: of the files, relative to it; of a file alone its own name.
        others: files of other endings.
        hidden: hidden files and folders.
        left_out: what cannot be read.
    """

    path: Path
    names: tuple[str, ...]
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def of(cls, path: Path, endings: frozenset[str], what: str) -> Place:
        """List a place.

        Args:
            path: the file, folder or zip.
            endings: those of the files, in lower case, with their dots.
            what: the files in words, such as ``MIDI files``.

        Raises:
            UsageError: if there are none.
            ArtganError: if it cannot be read.
        """
        if not path.exists():
            raise UsageError(f"{path} does not exist: give a file, a folder or a zip with {what}")
        place = cls._listed(path, endings)
        if not place.names:
            raise UsageError(f"{path} holds no {what} ({', '.join(sorted(endings))})")
        if len(place.names) > MAX_FILES:
            raise ArtganError(f"{path} holds more than {MAX_FILES:,} {what}: give a part of them")
        return place

    @classmethod
    def share(cls, path: Path, endings: frozenset[str]) -> float:
        """Return the share of the files at a place that have one of the endings."""
        try:
            place = cls._listed(path, endings)
        except ArtganError:
            return 0.0
        return len(place.names) / max(1, len(place.names) + len(place.others))

    @classmethod
    def _listed(cls, path: Path, endings: frozenset[str]) -> Place:
        if path.is_dir():
            listing = list_folder(path)
            return cls._sorted(path, listing.files, listing.hidden, tuple(listing.left_out), endings)
        if path.suffix.lower() == ".zip" and path.is_file():
            try:
                with zipfile.ZipFile(path) as archive:
                    names = [info.filename for info in archive.infolist() if not info.is_dir()]
            except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
                raise ArtganError(f"{path} is no zip that can be read: {one_line(error)}") from None
            hidden = [name for name in names if hidden_part(name)]
            return cls._sorted(path, sorted(set(names) - set(hidden)), hidden, (), endings)
        own = path.is_file() and path.suffix.lower() in endings
        return cls(path, (path.name,) if own else (), () if own else (path.name,))

    @classmethod
    def _sorted(
        cls, path: Path, files: list[str], hidden: list[str], left_out: tuple[LeftOut, ...], endings: frozenset[str]
    ) -> Place:
        own = [name for name in files if PurePosixPath(name).suffix.lower() in endings]
        others = sorted(set(files) - set(own))
        return cls(path, tuple(own), tuple(others), tuple(hidden), left_out)

    def notes(self, what: str) -> tuple[str, ...]:
        """Return what was passed over, a line each."""
        return notes_on_passed_over(self.hidden, self.others, wanted=what)

    def contents(self) -> Iterator[tuple[str, bytes | str]]:
        """Yield the name of each file, fit to be printed, and its content, or why it cannot be read."""
        if self.path.suffix.lower() == ".zip" and self.path.is_file():
            with zipfile.ZipFile(self.path) as archive:
                for name in self.names:
                    yield printable(name), _member(archive, name)
            return
        for name in self.names:
            yield printable(name), _content(self.path / name if self.path.is_dir() else self.path)


def _content(path: Path) -> bytes | str:
    try:
        if not path.is_file():
            return "is not a file"
        with path.open("rb") as file:
            return _bounded(file.read(MAX_BYTES + 1))
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"


def _member(archive: zipfile.ZipFile, name: str) -> bytes | str:
    try:
        with archive.open(name) as file:
            return _bounded(file.read(MAX_BYTES + 1))
    except Exception as error:  # zlib, zipfile and what it calls raise errors of many kinds
        return f"cannot be read ({one_line(error)})"


def _bounded(content: bytes) -> bytes | str:
    return f"is larger than {MAX_BYTES >> 20} MB" if len(content) > MAX_BYTES else content
