"""What a list of picture files is, wherever they lie: which files count, how much of one is read, how it is named."""

from __future__ import annotations

import os
import re
import time
import unicodedata
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, Self

from artgan import ArtganError, one_line, printable
from artgan.interfaces import LeftOut, notes_on_passed_over

_PICTURES = "png apng jpg jpeg jpe jfif webp gif bmp dib tif tiff ppm pgm pbm pnm avif"
_OTHERS = "heic heif jp2 jxl svg psd xcf eps raw cr2 nef arw dng ico tga exr"
SUFFIXES = frozenset(f".{ending}" for ending in _PICTURES.split())
UNSUPPORTED = frozenset(f".{ending}" for ending in _OTHERS.split())
"""Endings of pictures that are left out by name rather than passed over."""
FORMATS_IN_WORDS = "PNG, JPEG, WebP, GIF, BMP, TIFF, PPM or AVIF"
LABELS = "dataset.json"
"""What the tool of StyleGAN2-ADA calls the file of labels (github.com/NVlabs/stylegan2-ada-pytorch)."""
ENDING = re.compile(r"\.[a-z][a-z0-9]*")
"""What says of a file what it is; a name with ``.jpg?w=640``, ``.jpg_large`` or nothing does not."""
MAGIC = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*|.{4}ftypavif", re.DOTALL)
"""How the files of common formats begin."""
HEAD = 16
"""How many bytes tell."""
ABOUT = frozenset({"readme", "license", "licence", "copying", "notice", "credits"})
MAX_BYTES = 128 * 2**20
"""The largest file of one picture that is read."""
SETTLED = 2_000_000_000
"""Nanoseconds after its last change before anything of a file is remembered: a clock may be that coarse."""
Stamp = tuple[int, ...]


class UnreadableError(Exception):
    """One picture cannot be used; the text says why."""


class Extent(NamedTuple):
    """Where a member of an archive lies: in the archive of a number, from a byte on, so many bytes."""

    archive: int
    offset: int
    size: int


class Cell(NamedTuple):
    """Where a cell of a table lies: in the table of a number, in a row."""

    table: int
    row: int


Place = str | zipfile.ZipInfo | Extent | Cell


@dataclass(frozen=True, slots=True)
class Item:
    """One picture: its name (relative, with ``/``, in Unicode NFC) and where it lies."""

    name: str
    place: Place


class Pictures(ABC):
    """The pictures of one place, in the order of their names; a context manager.

    Attributes:
        items: the files that should be pictures.
        left_out: what was seen to be of no use without opening it.
        labels: the file that gives the pictures labels, with its whole name; None without one.
        kinds: the class of each picture by its whole name, where the place itself tells these; else empty.
        kinds_from: in words what tells them.
        shared: the folders that all pictures lie in, such as ``prints/``, which their names leave out.
        hidden: the hidden and system files and folders, which were passed over.
        others: the files that are no pictures, which were passed over.
    """

    read_together = 1
    """How many pictures that follow one another are read as quickly as one of them."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.left_out: list[LeftOut] = []
        self.labels: Item | None = None
        self.kinds: dict[str, str | int] = {}
        self.kinds_from = ""
        self.shared = ""
        self.hidden: list[str] = []
        self.others: list[str] = []
        self._misnamed: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def open(self, item: Item) -> BinaryIO:
        """Open one picture for reading.

        Raises:
            UnreadableError: if it is too large, damaged or not to be had.
        """

    @abstractmethod
    def head(self, item: Item) -> bytes:
        """Return the first bytes of a file, none where it cannot be read."""

    @abstractmethod
    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the file does, found without reading it."""

    @abstractmethod
    def is_there(self) -> bool:
        """Return whether the place has not gone away as a whole, with the drive that it is on."""

    def whole_name(self, item: Item) -> str:
        """Return how a picture is named to a person, with the folders that all lie in."""
        return printable(self.shared + item.name)

    def close(self) -> None:  # noqa: B027 - not all have something to close
        """Give back what was opened."""

    def read(self, item: Item) -> bytes:
        """Return the bytes of one picture.

        Raises:
            UnreadableError: if it is too large, damaged or not to be had.
        """
        with self.open(item) as file:
            try:
                data = file.read(MAX_BYTES + 1)
            except OSError as error:
                raise UnreadableError(f"cannot be read ({error.strerror or error})") from None
        return bounded(data)

    @property
    def share(self) -> float:
        """How much of what is seen are pictures, beside whose notes nobody would think of other things: 0 to 1."""
        names = [item.name for item in self.items] + [left.name for left in self.left_out]
        if not self.others:
            return 1
        known = {PurePosixPath(name).stem for name in names} | {PurePosixPath(name).name for name in names}
        others = [name for name in self.others if PurePosixPath(name).stem not in known and not tells_about(name)]
        return len(names) / (len(names) + len(others)) if names or others else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over, and what was taken for a picture against its name; a line each."""
        passed_over = notes_on_passed_over(self.hidden, self.others, wanted="pictures")
        if not self._misnamed:
            return passed_over
        named = f"{len(self._misnamed):,} files are pictures by their content, not by their names, and used"
        if len(self._misnamed) == 1:
            named = "1 file is a picture by its content, not by its name, and used"
        return (*passed_over, f"{named}; the first: {printable(self._misnamed[0])}")

    def _sort(self) -> None:
        self.items.sort(key=lambda item: item.name)
        self.left_out.sort(key=lambda left: left.name)
        self.shared = shared = _shared_folder([item.name for item in self.items])
        if shared:
            self.items = [Item(item.name[len(shared) :], item.place) for item in self.items]

    def _sift(self, name: str, place: Place) -> None:
        """Take a file up as a picture, leave it out by name, or pass it over."""
        item, suffix = Item(unicodedata.normalize("NFC", name), place), ending_of(name)
        if suffix in SUFFIXES:
            self.items.append(item)
        elif suffix in UNSUPPORTED:
            self.left_out.append(LeftOut(printable(item.name), f"format {suffix} is not supported"))
        elif not ENDING.fullmatch(suffix) and MAGIC.match(self.head(item)):
            self.items.append(item)
            self._misnamed.append(name)
        elif name.rpartition("/")[2] == LABELS and (not self.labels or name.count("/") < self.labels.name.count("/")):
            self.labels = item
        else:
            self.others.append(name)


def ending_of(name: str) -> str:
    """Return the ending of a name, parted by ``/``, in lower case; nothing where it has none."""
    last = name[name.rfind("/") + 1 :]
    at = last.rfind(".")
    return last[at:].lower() if 0 < at < len(last) - 1 else ""  # as `PurePath.suffix`, which is slow for many


def tells_about(name: str) -> bool:
    """Return whether a file of a name, parted by ``/``, tells about the others, such as a licence."""
    return name[name.rfind("/") + 1 :].partition(".")[0].lower() in ABOUT


def stamp_of(status: os.stat_result) -> Stamp:
    """Return size, times of the last changes, and the file's number."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_settled(stamp: Stamp) -> bool:
    """Return whether a file has not changed so lately that it may change again without another stamp."""
    return bool(stamp) and max(stamp[1:3]) < time.time_ns() - SETTLED


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into one line."""
    try:
        yield
    except ArtganError:
        raise
    except Exception as error:  # gzip, zipfile and numpy raise of everything
        raise ArtganError(f"{printable(str(path))} cannot be read ({one_line(error)})") from None


def bounded(data: bytes) -> bytes:
    """Return the bytes of a picture unless they are too many."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES >> 20} MB")
    return data


def name_fault(name: str, seen: Collection[str], kind: str) -> str:
    """Return what is wrong with the name of an archive's member, parted by ``/``.

    Args:
        name: the member's.
        seen: the names of those before it, in lower case.
        kind: what the archive is.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
        return f"its name leads out of the {kind}"
    return "its name is another's but for case" if name.lower() in seen else ""


def _shared_folder(names: list[str]) -> str:
    """Return the folders that all names begin with, such as ``prints/``."""
    if not names:
        return ""
    first, last = min(names), max(names)  # what these two share, all between them share
    length = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[: first.rfind("/", 0, length) + 1]
