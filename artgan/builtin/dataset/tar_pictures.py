"""The pictures in .tar files, as WebDataset writes them: what belongs to a picture has its name with another ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from artgan import printable
from artgan.interfaces import LeftOut, Workspace

from .picture_list import HEAD, SUFFIXES, Extent, Item, Pictures, Stamp, UnreadableError, stamp_of
from .tar_members import TarMembers, members_of, split_key

TAR = ".tar"
FIRST = 256
"""How many members are looked at to tell what an archive is of."""


class TarPictures(Pictures):
    """The pictures in archives, read where they lie.

    Args:
        folder: what the names of the archives are relative to.
        archives: their names.
        workspace: remembers what is in them, and is told how many were looked through.
        part: take only what lies in the sub-folder of this name.
    """

    def __init__(self, folder: Path, archives: Sequence[str], workspace: Workspace, part: str = "") -> None:
        super().__init__()
        self._paths = [folder / name for name in archives]
        self._stamps: list[Stamp] = []
        labels: dict[tuple[int, str], int | str] = {}
        texts = 0
        for number, (name, path) in enumerate(zip(archives, self._paths, strict=True)):
            workspace.progress("looking through archives", number, len(archives))
            found = TarMembers.of(path, workspace.cache)
            self._stamps.append(stamp_of(path.stat()))
            inside = name.rpartition("/")[0]
            for member, offset, size in found.files:
                whole = f"{inside}/{member}" if inside else member
                if whole.startswith(part):
                    self._sift(whole, Extent(number, offset, size))
            self.left_out += [LeftOut(printable(f"{name}: {member}"), reason) for member, reason in found.left_out]
            self.hidden += [f"{name}: {hidden}" for hidden in found.hidden]
            labels |= {(number, f"{inside}/{key}" if inside else key): kind for key, kind in found.labels.items()}
            texts += found.texts
        workspace.progress("looking through archives", len(archives), len(archives))
        self._texts = texts
        self._name(labels)
        self._sort()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over, and what was taken for a picture against its name; a line each."""
        if not self._texts:
            return super().notes
        texts = f"texts beside pictures ({self._texts:,}) are not used: --dataset lines:path=DATA trains on them"
        return (*super().notes, texts)

    def open(self, item: Item) -> BinaryIO:
        """Open one picture, unless it is not to be had."""
        return BytesIO(self._part(item, None))

    def head(self, item: Item) -> bytes:
        """Return the first bytes of a member."""
        try:
            return self._part(item, HEAD)
        except UnreadableError:
            return b""

    def stamp(self, item: Item) -> Stamp:
        """Return numbers that change when the archive does."""
        assert isinstance(item.place, Extent)
        return (*self._stamps[item.place.archive], item.place.offset)

    def is_there(self) -> bool:
        """Return whether all archives are where they were."""
        return all(path.exists() for path in self._paths)

    def _part(self, item: Item, most: int | None) -> bytes:
        assert isinstance(item.place, Extent)
        size = item.place.size if most is None else min(most, item.place.size)
        try:
            with self._paths[item.place.archive].open("rb") as file:
                file.seek(item.place.offset)
                data = file.read(size)
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})") from None
        if len(data) < size:
            raise UnreadableError("is cut off, with its archive")
        return data

    def _name(self, labels: Mapping[tuple[int, str], int | str]) -> None:
        """Give the pictures their classes, and name the archive with those whose names are the same in several."""
        self.kinds_from = "the .cls or .json beside each picture"
        names: set[str] = set()
        for at, item in enumerate(self.items):
            assert isinstance(item.place, Extent)
            kind = labels.get((item.place.archive, split_key(item.name)[0]))
            if item.name in names:
                path, archive = PurePosixPath(item.name), self._paths[item.place.archive].stem
                item = self.items[at] = Item(f"{path.with_suffix('')} ({archive}){path.suffix}", item.place)
            names.add(item.name)
            if kind is not None:
                self.kinds[item.name] = kind


def share_in_tar(path: Path) -> float:
    """Return how much of the first members of an archive belongs to pictures: 0 to 1.

    Raises:
        ArtganError: if it cannot be read.
    """
    names = [member.name for member, _ in islice(members_of(path), FIRST)]
    pictures = {split_key(name)[0] for name in names if split_key(name)[1] in SUFFIXES}
    return sum(split_key(name)[0] in pictures for name in names) / len(names) if names else 1
