"""Finds what holds the pictures of a place: a folder itself, a zip, archives of .tar, or tables of .parquet."""

from __future__ import annotations

import zipfile
from pathlib import Path

from artgan import ArtganError, UsageError
from artgan.interfaces import Workspace

from .folder_pictures import FolderPictures
from .parquet_file import PARQUET
from .parquet_pictures import ParquetPictures, has_pictures
from .picture_list import SUFFIXES, UNSUPPORTED, Pictures, ending_of
from .tar_pictures import TAR, TarPictures, share_in_tar
from .zip_pictures import ZipPictures

PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
COMPRESSED = "compressed as a whole: unpack it to a plain .tar first, which needs hardly more room"
"""What is wrong with it, and what to do: its pictures, compressed already, cannot be read from it one by one."""


def open_source(path: Path, workspace: Workspace, part: str = "") -> Pictures:
    """Return the pictures of a folder, a zip, a .tar or a .parquet; of a folder that holds more of the latter, theirs.

    Args:
        path: the folder or file.
        workspace: remembers what is in archives.
        part: take only the pictures in the sub-folder of this name.

    Raises:
        UsageError: if there is nothing there that holds pictures.
    """
    part = part and part + "/"
    if path.is_dir():
        folder = FolderPictures.seen_lately(path, part)
        if packed := _packed_alone(folder):
            raise UsageError(f"{path} holds {packed}, which is {COMPRESSED}")
        return _of_files(path, _holders(folder), folder, workspace, part) or folder
    if not path.exists():
        raise UsageError(f"{path} does not exist: give a folder or a zip with pictures")
    if path.suffix.lower() in SUFFIXES:
        raise UsageError(f"{path} is one picture: give the folder that holds it and others")
    if path.name.lower().endswith(PACKED):
        raise UsageError(f"{path} is {COMPRESSED}")
    if alone := _of_files(path.parent, [path.name], None, workspace, part):
        return alone
    if path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is neither a folder nor a zip: give the folder that holds the pictures")
    return ZipPictures(path, part)


def share_of_pictures(path: Path) -> float:
    """Return how much of what is seen at a path are pictures, 0 to 1.

    It is 1 for what only looks as if it held some, such as an empty folder, since opening it then tells what is wrong.
    """
    if path.is_file() and (path.suffix.lower() in SUFFIXES | UNSUPPORTED or path.name.lower().endswith(PACKED)):
        return 1
    try:
        if path.is_dir():
            folder = FolderPictures.seen_lately(path)
            if _packed_alone(folder):
                return 1
            holders = _holders(folder)
            return _share_in(path / holders[0]) if holders else folder.share
        if path.is_file() and path.suffix.lower() == ".zip":
            with ZipPictures(path) as pictures:
                return pictures.share
        return _share_in(path) if path.is_file() else 0
    except ArtganError:
        return 1


def _share_in(path: Path) -> float:
    if path.suffix.lower() == TAR:
        return share_in_tar(path)
    return has_pictures(path) if path.suffix.lower() == PARQUET else 0


def _packed_alone(folder: FolderPictures) -> str:
    """Return the first archive of a folder that is compressed as a whole, where it holds nothing else to read."""
    if folder.items or any(ending_of(name) in (TAR, PARQUET) for name in folder.others):
        return ""
    return next((name for name in folder.others if name.lower().endswith(PACKED)), "")


def _holders(folder: FolderPictures) -> list[str]:
    """Return the archives or tables of a folder, whichever are more, where they are more than its pictures."""
    by_kind = {kind: [name for name in folder.others if ending_of(name) == kind] for kind in (TAR, PARQUET)}
    most = max(by_kind.values(), key=len)
    return sorted(most) if len(most) > len(folder.items) else []


def _of_files(
    folder: Path, names: list[str], around: FolderPictures | None, workspace: Workspace, part: str
) -> Pictures | None:
    """Return the pictures in archives or tables, with what else was seen in their folder; None where they are neither.

    Args:
        folder: where they lie.
        names: their names in it.
        around: what is in the folder.
        workspace: remembers what is in archives.
        part: take only those in the sub-folder of this name.
    """
    found: Pictures
    kind = ending_of(names[0]) if names else ""
    if kind == TAR:
        found = TarPictures(folder, names, workspace, part)
    elif kind == PARQUET:
        found = ParquetPictures(folder, names, workspace.progress, part)
    else:
        return None
    if around:
        found.hidden = [*around.hidden, *found.hidden]
        found.left_out = [*around.left_out, *found.left_out]
        pictures = [item.name for item in around.items]
        found.others = [*sorted({*around.others, *pictures} - {*names}), *found.others]
    return found
