"""Weights that a user brings: each file is kept under a name, and used only while its SHA-256 is what it was to be."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArtganError, UsageError, did_you_mean, printable
from ..files import data_folder, in_size, replacing, sha256
from ..shell import command

FOLDER = "weights"
CHUNK = 1 << 20
_DIGEST = re.compile("[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class WeightFile:
    """A file of weights that is kept.

    Attributes:
        name: what plugins ask for.
        path: where it lies; its name is the SHA-256 that it was added with.
    """

    name: str
    path: Path

    @property
    def digest(self) -> str:
        """The SHA-256 that it was added with."""
        return self.path.name

    @property
    def size(self) -> str:
        """Its size in words."""
        return in_size(self.path.stat().st_size)

    def is_whole(self) -> bool:
        """Return whether it still is what was added."""
        with suppress(OSError):
            return sha256(self.path) == self.digest
        return False


def weight_file(name: str, *, sha256: str, source: str = "") -> Path:
    """Return the path of weights that the user has added; their digest is computed anew each time.

    Read them with ``torch.load(path, weights_only=True)`` or safetensors; nothing may be unpickled in another way.

    Args:
        name: what they are kept under.
        sha256: the digest of the file that is needed.
        source: where the user finds it, for the error.

    Raises:
        ArtganError: if they are missing, others or damaged, with the command to type.
    """
    add = command("artgan", "weights", "add", name, "FILE", "--sha256", sha256)
    found = next((kept for kept in all_kept() if kept.name == name), None)
    if found is None:
        where = f"download {source} and type" if source else "type"
        raise ArtganError(f"there are no weights {name!r} here: {where}: {add}")
    if found.digest != sha256:
        raise ArtganError(f"the weights kept as {name!r} are others ({found.digest[:8]}…) than are needed: {add}")
    if not found.is_whole():
        raise ArtganError(f"the weights {name!r} are damaged: add them again: {add}")
    return found.path


def add(name: str, file: Path, digest: str) -> WeightFile:
    """Copy a file among the weights, if its digest is the given one; it takes the place of another of that name.

    Raises:
        UsageError: if it is not, or there is no such file; nothing is kept then.
    """
    wanted = digest.lower().removeprefix("sha256:")
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for weights: use lower-case letters, digits and any of - _ .")
    if not _DIGEST.fullmatch(wanted):
        raise UsageError(f"{printable(digest)[:80]!r} is no SHA-256: give 64 hexadecimal digits")
    folder = data_folder() / FOLDER / name
    if not file.is_file():
        raise UsageError(f"{file} {'is no file' if file.exists() else 'does not exist'}: give a file of weights")

    before = [kept for kept in all_kept() if kept.name == name]
    try:
        with replacing(folder / wanted) as draft:
            found = _copied(file, draft)
            if found != wanted:
                raise UsageError(f"{file} is another file: its SHA-256 is {found}, not {wanted}; nothing was kept")
    finally:
        with suppress(OSError):
            folder.rmdir()  # only where nothing is in it

    for other in before:
        if other.digest != wanted:
            other.path.unlink(missing_ok=True)
    return WeightFile(name, folder / wanted)


def all_kept() -> list[WeightFile]:
    """Return all weights that are kept, by name."""
    files = sorted((data_folder() / FOLDER).glob("*/*"))
    return [WeightFile(path.parent.name, path) for path in files if _DIGEST.fullmatch(path.name) and path.is_file()]


def remove(name: str) -> WeightFile:
    """Remove weights, and return what they were.

    Raises:
        UsageError: if there are none of that name.
    """
    kept = {each.name: each for each in all_kept()}
    if name not in kept:
        raise UsageError(f"there are no weights {name!r}{did_you_mean(name, list(kept))}")
    for each in all_kept():
        if each.name == name:
            each.path.unlink()
    with suppress(OSError):
        kept[name].path.parent.rmdir()
    return kept[name]


def _copied(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            digest.update(chunk)
            writer.write(chunk)
    return digest.hexdigest()
