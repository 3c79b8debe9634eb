"""The pictures in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from artgan.interfaces import list_folder

from .picture_list import HEAD, MAX_BYTES, Item, Pictures, Stamp, UnreadableError, stamp_of

SOME = 16
"""How many pictures are looked for to tell whether their folder is still there."""


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
