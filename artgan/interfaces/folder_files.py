"""The files of a folder that a person would say are in it: what systems and programs keep there is passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ArtganError, printable
from .data import LeftOut

SYSTEM = frozenset(
    [
        *("__macosx", "icon\r", "network trash folder", "temporary items"),
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "picasa.ini"),
        *("$recycle.bin", "recycler", "system volume information", "lost+found"),
        *("@eadir", "@tmp", "@recycle", "#recycle", "#snapshot", "__pycache__"),
    ]
)
"""What macOS, Windows, Linux and network drives leave beside people's files, in lower case."""
SHOWN = 3
"""How many names are told of what is passed over."""


@dataclass(frozen=True)
class FolderFiles:
    """The files of a folder and of all that is in it.

    Attributes:
        files: names relative to the folder, parted by ``/``, in order.
        hidden: the hidden and system files and folders, the latter without what is in them.
        left_out: the folders that cannot be read, and links to folders, which are not followed.
        folders: those that were looked into, relative to the folder, which is ``.`` itself.
    """

    files: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


def list_folder(folder: Path) -> FolderFiles:
    """Return the files of a folder, of which no part of a name below it is hidden or the system's.

    Raises:
        ArtganError: if the folder itself cannot be read.
    """
    listing, top = FolderFiles(), str(folder)

    def blocked(error: OSError) -> None:
        if error.filename == top or not os.path.isdir(top):  # noqa: PTH112 - as below
            raise ArtganError(f"folder {folder} cannot be read ({error.strerror})")
        name = printable(os.path.relpath(str(error.filename), top))
        listing.left_out.append(LeftOut(name, f"folder cannot be read ({error.strerror})"))

    for root, folders, files in os.walk(top, onerror=blocked):
        inside = "" if root == top else os.path.relpath(root, top).replace(os.sep, "/") + "/"
        listing.folders.append(inside or ".")
        folders[:] = sorted(_visible(folders, inside, listing))
        listing.files.extend(f"{inside}{name}" for name in sorted(_visible(files, inside, listing)))
        for name in folders:
            if os.path.islink(os.path.join(root, name)):  # noqa: PTH114, PTH118 - Path objects are slow
                reason = "is a link to a folder, which is not followed: give that folder itself, or move it here"
                listing.left_out.append(LeftOut(printable(inside + name), reason))
    return listing


def is_hidden(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or the system's."""
    return (name.startswith((".", "~$")) and name not in (".", "..")) or name.lower() in SYSTEM


def hidden_part(name: str) -> str:
    """Return the beginning of a relative name, parted by ``/``, that ends with the first hidden part, or nothing."""
    parts = name.split("/")
    for number, part in enumerate(parts, start=1):
        if is_hidden(part):
            return "/".join(parts[:number])
    return ""


def notes_on_passed_over(hidden: Sequence[str], others: Sequence[str], *, wanted: str) -> tuple[str, ...]:
    """Return a line on what is hidden, and one on what is of another kind, where there is any.

    Args:
        hidden: names of hidden and system files and folders.
        others: names of files that are not of the kind that is wanted.
        wanted: what this is, such as ``pictures``.
    """
    named = {"hidden or system files and folders": hidden, f"files besides the {wanted}": others}
    return tuple(f"passed over {what} ({len(names):,}): {_some(names)}" for what, names in named.items() if names)


def _visible(names: list[str], inside: str, listing: FolderFiles) -> Iterator[str]:
    for name in names:
        if is_hidden(name):
            listing.hidden.append(inside + name)
        else:
            yield name


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name) for name in sorted(names)[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN:,} more"
