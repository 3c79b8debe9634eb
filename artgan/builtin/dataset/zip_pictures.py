"""The pictures in a zip, read member by member; nothing is ever unpacked to disk."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from artgan import UsageError, one_line, printable
from artgan.interfaces import LeftOut, hidden_part

from .picture_list import HEAD, MAX_BYTES, Item, Pictures, Stamp, UnreadableError, bounded, name_fault, stamp_of

MAX_UNPACKED, MAX_RATIO = 2**30, 200
"""A zip is a bomb if it unpacks to more than 1 GiB and more than 200 times its own size."""


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


def _member_fault(member: zipfile.ZipInfo, name: str, seen: set[str]) -> str:
    if fault := name_fault(member.orig_filename if "\0" in member.orig_filename else name, seen, "zip"):
        return fault
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return "is a link"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that is not supported"
    if member.file_size > MAX_BYTES:
        return f"is larger than {MAX_BYTES >> 20} MB"
    return ""
