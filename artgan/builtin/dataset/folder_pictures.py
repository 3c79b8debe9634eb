"""The pictures in a folder."""

from __future__ import annotations

import os
import time
from copy import copy
from pathlib import Path
from typing import BinaryIO, NamedTuple

from artgan.interfaces import list_folder

from .picture_list import HEAD, MAX_BYTES, SETTLED, Item, Pictures, Stamp, UnreadableError, stamp_of

SOME = 16
"""How many pictures are looked for to tell whether their folder is still there."""


class _Seen(NamedTuple):
    """The pictures that were found in a folder, and the state of all folders in it then."""

    place: tuple[str, str]
    state: list[Stamp]
    pictures: FolderPictures


_last: _Seen | None = None


class FolderPictures(Pictures):
    """The pictures in a folder and all that is in it; links to folders are not followed, but named.

    Attributes:
        folders: the paths of all folders that were looked into.
    """

    def __init__(self, folder: Path, part: str = "") -> None:
        super().__init__()
        self._folder = str(folder)
        self._judged_by_content = False
        listing = list_folder(folder)
        self.hidden, self.left_out = listing.hidden, listing.left_out
        for name in listing.files:
            if name.startswith(part):
                self._sift(name, name)
        self._sort()
        self.folders = [os.path.normpath(f"{folder}{os.sep}{inside}") for inside in listing.folders]

    @classmethod
    def seen_lately(cls, folder: Path, part: str = "") -> FolderPictures:
        """Return the pictures in a folder, as this last found them where no folder in it has changed since.

        A run recognises its data, surveys it and opens it within seconds, and to look through hundreds of thousands of
        files takes one of them.
        """
        global _last
        place, begun = (str(folder), part), time.time_ns()
        if _last and _last.place == place and _last.state == _state_of(_last.pictures):
            return _last.pictures._copy()

        pictures = cls(folder, part)
        state = _state_of(pictures)
        quiet = all(max(stamp[1:3]) < begun - SETTLED for stamp in state)
        certain = state and quiet and not (pictures.left_out or pictures._judged_by_content)
        _last = _Seen(place, state, pictures) if certain else None
        return pictures._copy()

    @staticmethod
    def forget() -> None:
        """Remember no folder any more, once all is read of it."""
        global _last
        _last = None

    def _copy(self) -> FolderPictures:
        """Return the same, of which what reading them finds out can be noted."""
        copied = copy(self)
        copied.items, copied.left_out, copied.hidden = [*self.items], [*self.left_out], [*self.hidden]
        copied.others, copied.kinds = [*self.others], dict(self.kinds)
        return copied

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
        self._judged_by_content = True
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


def _state_of(pictures: FolderPictures) -> list[Stamp]:
    """Return what changes when anything is put into one of the folders, taken out or renamed; nothing if one is gone.

    Files that change are found by their own stamps.
    """
    try:
        return [stamp_of(os.stat(folder)) for folder in pictures.folders]  # noqa: PTH116 - as above
    except OSError:
        return []
