"""Lists the pictures of a folder or zip and reads them one by one; nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from artgan import ArtganError, UsageError, one_line, printable
from artgan.interfaces import LeftOut, hidden_part, list_folder

from .picture_list import (
    HEAD,
    MAX_BYTES,
    SUFFIXES,
    UNSUPPORTED,
    Item,
    Pictures,
    Stamp,
    UnreadableError,
    bounded,
    stamp_of,
)

SOME = 16
"""How many pictures are looked for to tell whether their folder is still there."""
MAX_UNPACKED, MAX_RATIO = 2**30, 200
"""A zip is a bomb if it unpacks to more than 1 GiB and more than 200 times its own size."""


class FolderPictures(Pictures):
    """The pictures in a folder and all that is in it; links to folders are not followed, but named."""

    def __init__(self, folder: Path, part: str = "") -> None:
        super().__init__()
        self._folder = str(folder)
        listing = list_folder(folder)
        self.hidden, self.left_out = listing.hidden, listing.left_out
        for name in listing.files:
            if name.startswith(part):
                self._sift(name, name)
        self._sort()

    def _path(self, item: Item) -> str:
        return f"{self._folder}{os.sep}{item.place}"

    def open(self, item: Item) -> BinaryIO:
        """Open one picture, unless it is too large or not to be had."""
        try:
            if not os.path.isfile(self._path(item)):  # noqa: PTH113 - 50,000 Path objects are slow
                raise UnreadableError("is not a file")
            if os.path.getsize(self._path(item)) > MAX_BYTES:  # noqa: PTH202 - as above
                raise UnreadableError(f"is larger than {MAX_BYTES >> 20} MB")
            return open(self._path(item), "rb")  # noqa: PTH123 - as above
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})") from None

    def head(self, item: Item) -> bytes:
        """Return the first bytes of a file."""
        try:
            with self.open(item) as file:
                return file.read(HEAD)
        except (UnreadableError, OSError):
            return b""

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the file does."""
        try:
            return stamp_of(os.stat(self._path(item)))  # noqa: PTH116 - as above
        except OSError:
            return ()

    def is_there(self) -> bool:
        """Return whether any of some pictures is where it was."""
        some = self.items[:: len(self.items) // SOME + 1]
        return not some or any(os.path.lexists(self._path(item)) for item in some)


class ZipPictures(Pictures):
    """The pictures in a zip, read member by member."""

    def __init__(self, path: Path, part: str = "") -> None:
        super().__init__()
        self._path = path
        try:
            self._stamp = stamp_of(path.stat())
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise UsageError(f"{path.name} is not a readable zip ({getattr(error, 'strerror', '') or error})") from None

        members = [member for member in self._zip.infolist() if not member.is_dir()]
        unpacked = sum(member.file_size for member in members)
        if unpacked > max(MAX_UNPACKED, MAX_RATIO * self._stamp[0]):
            self._zip.close()
            raise UsageError(f"{path.name} would unpack to {unpacked >> 20:,} MB: a zip bomb, not read")

        seen: set[str] = set()
        passed_over: set[str] = set()
        for member in members:
            name = member.filename.replace("\\", "/")
            if hidden := hidden_part(name):
                passed_over.add(hidden)
            elif fault := _member_fault(member, name, seen):
                self.left_out.append(LeftOut(printable(name), fault))
            elif name.startswith(part):
                self._sift(name, member)
            seen.add(name.lower())
        self.hidden = sorted(passed_over)
        self._sort()

    def open(self, item: Item) -> BinaryIO:
        """Open one picture, unless it is too large or not to be had."""
        assert isinstance(item.place, zipfile.ZipInfo)
        try:
            with self._zip.open(item.place) as file:
                return BytesIO(bounded(file.read(MAX_BYTES + 1)))
        except UnreadableError:
            raise
        except Exception as error:  # zipfile and zlib raise of everything on damaged archives
            raise UnreadableError(f"is damaged in the zip ({one_line(error)})") from None

    def head(self, item: Item) -> bytes:
        """Return the first bytes of a member."""
        assert isinstance(item.place, zipfile.ZipInfo)
        try:
            with self._zip.open(item.place) as file:
                return file.read(HEAD)
        except Exception:  # zipfile and zlib raise of everything on damaged archives
            return b""

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the file does."""
        assert isinstance(item.place, zipfile.ZipInfo)
        return (*self._stamp, item.place.header_offset)

    def is_there(self) -> bool:
        """Return whether the zip is where it was."""
        return self._path.exists()

    def close(self) -> None:
        """Close the zip."""
        self._zip.close()


def open_source(path: Path, part: str = "") -> Pictures:
    """Return the pictures of a folder or zip.

    Args:
        path: the folder or zip.
        part: take only the pictures in the sub-folder of this name.

    Raises:
        UsageError: if there is nothing there that holds pictures.
    """
    part = part and part + "/"
    if path.is_dir():
        return FolderPictures(path, part)
    if not path.exists():
        raise UsageError(f"{path} does not exist: give a folder or a zip with pictures")
    if path.suffix.lower() in SUFFIXES:
        raise UsageError(f"{path} is one picture: give the folder that holds it and others")
    if path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is neither a folder nor a zip: give the folder that holds the pictures")
    return ZipPictures(path, part)


def share_of_pictures(path: Path) -> float:
    """Return how much of what is seen at a path are pictures, 0 to 1.

    It is 1 for what only looks as if it held some, such as an empty folder, since opening it then tells what is wrong.
    """
    if path.is_file() and path.suffix.lower() in SUFFIXES | UNSUPPORTED:
        return 1
    if not path.is_dir() and (path.suffix.lower() != ".zip" or not path.is_file()):
        return 0
    try:
        with open_source(path) as pictures:
            return pictures.share
    except ArtganError:
        return 1


def _member_fault(member: zipfile.ZipInfo, name: str, seen: set[str]) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in member.orig_filename:
        return "its name leads out of the zip"
    if name.lower() in seen:
        return "its name is another's but for case"
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return "is a link"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that is not supported"
    if member.file_size > MAX_BYTES:
        return f"is larger than {MAX_BYTES >> 20} MB"
    return ""
