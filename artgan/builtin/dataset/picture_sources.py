"""Lists the pictures of a folder or zip and reads them one by one; nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from artgan import ArtganError, UsageError, one_line, printable
from artgan.interfaces import LeftOut

from .picture_list import MAX_BYTES, SUFFIXES, UNSUPPORTED, Item, Pictures, Stamp, UnreadableError, bounded, stamp_of

MAX_UNPACKED, MAX_RATIO = 2**30, 200
"""A zip is a bomb if it unpacks to more than 1 GiB and more than 200 times its own size."""


class FolderPictures(Pictures):
    """The pictures in a folder and all that is in it; links to folders are not followed."""

    def __init__(self, folder: Path, part: str = "") -> None:
        super().__init__()
        self._folder = str(folder)
        for name in _walk(self._folder, self._blocked):
            if (slashed := name.replace(os.sep, "/")).startswith(part):
                self._sift(slashed, name)
        self._sort()

    def _blocked(self, error: OSError) -> None:
        if error.filename == self._folder:
            raise ArtganError(f"folder {self._folder} cannot be read ({error.strerror})")
        name = os.path.relpath(str(error.filename), self._folder)
        self.left_out.append(LeftOut(printable(name), f"folder cannot be read ({error.strerror})"))

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

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the file does."""
        try:
            return stamp_of(os.stat(self._path(item)))  # noqa: PTH116 - as above
        except OSError:
            return ()


class ZipPictures(Pictures):
    """The pictures in a zip, read member by member."""

    def __init__(self, path: Path, part: str = "") -> None:
        super().__init__()
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
        for member in members:
            name = member.filename.replace("\\", "/")
            if fault := _member_fault(member, name, seen):
                self.left_out.append(LeftOut(printable(name), fault))
            elif name.startswith(part):
                self._sift(name, member)
            seen.add(name.lower())
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

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the file does."""
        assert isinstance(item.place, zipfile.ZipInfo)
        return (*self._stamp, item.place.header_offset)

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
    if path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is neither a folder nor a zip: give the folder that holds the pictures")
    return ZipPictures(path, part)


def may_hold_pictures(path: Path) -> bool:
    """Return whether a path is a folder or zip with pictures, an empty folder, or a file that claims to be a zip."""
    endings = SUFFIXES | UNSUPPORTED
    if path.is_dir():
        suffixes = [Path(name).suffix.lower() for name, _ in zip(_walk(str(path)), range(100), strict=False)]
        if not suffixes or endings.intersection(suffixes):
            return True
        return any(os.path.splitext(name)[1].lower() in endings for name in _walk(str(path)))  # noqa: PTH122 - as above
    if path.suffix.lower() != ".zip" or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(name).suffix.lower() in endings for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return True


def _walk(folder: str, onerror: object = None) -> Iterator[str]:
    for root, folders, files in os.walk(folder, onerror=onerror):  # type: ignore[arg-type]  # typeshed names no type for it
        folders.sort()
        inside = os.path.relpath(root, folder)
        for name in sorted(files):
            yield name if inside == os.curdir else f"{inside}{os.sep}{name}"


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
