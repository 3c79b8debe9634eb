"""Reads IDX files, whose headers are not trusted: sizes are checked before anything is taken."""

from __future__ import annotations

import gzip
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, UsageError, printable
from artgan.interfaces import Data, Spec, Workspace, hidden_part

from .file_digests import content_key, file_digest
from .picture_list import explained
from .sample_store import Begin, stored

FORMAT = "artgan idx 1"
UINT8 = 8
MAX_SIDE, MAX_COUNT = 4096, 20_000_000
CHUNK = 2**20
"""Bytes of pixels read at a time."""
DEFLATE = 1032
"""How many times its size a gzip file can grow at the most."""

_IMAGES = re.compile(r"(?P<set>.*)images[-._]idx3[-._]ubyte(?P<gz>\.gz)?", re.IGNORECASE)
_IDX = re.compile(r".*idx\d[-._]ubyte(\.gz)?", re.IGNORECASE)
_PARTS = {"train": re.compile(r"(^|[-_.])train[-_.]"), "test": re.compile(r"(^|[-_.])(test|t10k)[-_.]")}


def share_of_idx(path: Path) -> float:
    """Return whether a file is one of images, by name or by its first bytes; of a folder, the share of IDX files."""
    if path.is_dir():
        files = [file.name for file in path.iterdir() if file.is_file() and not hidden_part(file.name)]
        return sum(bool(_IDX.fullmatch(name)) for name in files) / len(files) if files and _image_files(path) else 0
    if not path.is_file():
        return False
    if _IMAGES.fullmatch(path.name):
        return True
    try:
        with path.open("rb") as file:
            return file.read(4) == bytes([0, 0, UINT8, 3])
    except OSError:
        return False


def open_idx(
    path: Path,
    part: str,
    workspace: Workspace,
    *,
    title: str,
    licence: str,
    source: str,
    classes: tuple[str, ...] = (),
) -> Data:
    """Return the pictures of an IDX file set, decoded on first use.

    Args:
        path: the images file, or the folder with it.
        part: ``train`` or ``test``, where a folder holds both.
        workspace: holds what is decoded.
        title: what a person calls the pictures.
        licence: under what terms they are.
        source: where they come from.
        classes: the names of the classes, where they are known.

    Raises:
        ArtganError: if the files are missing or damaged.
    """
    images = _find_images(path, part)
    labels = _find_labels(images)
    digests = [file_digest(file, workspace.cache) for file in (images, labels) if file]
    key = content_key(FORMAT, *classes, *digests)

    def fill(begin: Begin) -> None:
        with _IdxFile(images, axes=3) as file:
            count, height, width = file.shape
            numbers, names = _read_labels(labels, count, classes) if labels else (None, ())
            writer = begin((1, height, width), count)
            for rows in file.chunks():
                workspace.progress("reading pictures", writer.count, count)
                writer.add(rows.reshape(-1, 1, height, width))
            workspace.progress("reading pictures", count, count)
            writer.finish(numbers, names)

    entry = stored(workspace.cache, key, fill)
    return Data(
        spec=Spec("image", tuple(entry.samples.shape[1:]), entry.classes),
        samples=entry.samples,
        labels=entry.labels,
        fingerprint=key,
        title=printable(title),
        licence=licence,
        source=source,
    )


@dataclass
class _IdxFile:
    """One IDX file of unsigned bytes, plain or gzipped; a context manager.

    Attributes:
        path: where it lies.
        axes: how many axes it must have.
        shape: the length of each axis, once it is entered.
    """

    path: Path
    axes: int
    shape: tuple[int, ...] = ()

    def __enter__(self) -> _IdxFile:
        with explained(self.path):
            self._size = self.path.stat().st_size
            with self.path.open("rb") as file:
                self._packed = file.read(2) == b"\x1f\x8b"
            opened = gzip.open(self.path, "rb") if self._packed else self.path.open("rb")
            self._file = cast(BinaryIO, opened)
            try:
                self.shape = self._read_header()
            except BaseException:
                self._file.close()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read_header(self) -> tuple[int, ...]:
        head = self._file.read(4)
        if len(head) < 4 or head[:2] != b"\0\0":
            raise self._fault("is no IDX file")
        if head[2] != UINT8 or head[3] != self.axes:
            raise self._fault(f"holds type {head[2]:#04x} in {head[3]} axes, not unsigned bytes in {self.axes}")

        lengths = self._file.read(4 * self.axes)
        if len(lengths) < 4 * self.axes:
            raise self._fault("ends within its header")
        shape: tuple[int, ...] = struct.unpack(f">{self.axes}I", lengths)
        if not 1 <= shape[0] <= MAX_COUNT or not all(1 <= side <= MAX_SIDE for side in shape[1:]):
            raise self._fault(f"claims the impossible size {' x '.join(map(str, shape))}")

        expected, most = math.prod(shape), self._size * DEFLATE if self._packed else self._size - 4 - 4 * self.axes
        if expected > most:
            raise self._fault(f"is cut short: its header promises {expected:,} bytes, it holds at most {most:,}")
        if expected < most and not self._packed:
            raise self._fault(f"holds {most - expected:,} bytes more than its header promises")

        return shape

    def chunks(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the content along the first axis, about a megabyte at a time, and check that the file ends there."""
        count, row = self.shape[0], math.prod(self.shape[1:])
        step = max(1, CHUNK // row)
        for start in range(0, count, step):
            wanted = min(step, count - start) * row
            with explained(self.path):
                data = self._file.read(wanted)
            if len(data) < wanted:
                raise self._fault("is cut short")
            yield np.frombuffer(data, np.uint8)
        with explained(self.path):
            rest = self._file.read(1)
        if rest:
            raise self._fault("holds more than its header promises")

    def _fault(self, fault: str) -> ArtganError:
        return ArtganError(f"{printable(str(self.path))} {fault}")


def _read_labels(path: Path, count: int, names: tuple[str, ...]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    with _IdxFile(path, axes=1) as file:
        if file.shape[0] != count:
            raise ArtganError(f"{path} labels {file.shape[0]:,} pictures, but there are {count:,}")
        labels = np.concatenate(list(file.chunks())).astype(np.int64)
    names = names or tuple(str(number) for number in range(int(labels.max()) + 1))
    if labels.max() >= len(names):
        raise ArtganError(f"{path} has the label {labels.max()}, but there are only {len(names)} classes")
    return labels, names


def _image_files(folder: Path) -> list[Path]:
    try:
        paths = [path for path in folder.iterdir() if _IMAGES.fullmatch(path.name) and not hidden_part(path.name)]
        return sorted(path for path in paths if path.is_file())
    except OSError:
        return []


def _find_images(path: Path, part: str) -> Path:
    if path.is_file():
        return path
    found = _image_files(path)
    if not found:
        raise UsageError(f"no NAME-images-idx3-ubyte or NAME-images-idx3-ubyte.gz in {path}")
    matching = [file for file in found if _PARTS[part].search(file.name.lower())] or (found if len(found) == 1 else [])
    unpacked = {re.sub(r"\.gz$", "", file.name, flags=re.IGNORECASE): file for file in reversed(matching)}
    if len(unpacked) != 1:
        names = ", ".join(printable(file.name) for file in found)
        raise UsageError(f"cannot tell which of {names} in {path} is meant: give the path of one images file")
    return next(iter(unpacked.values()))


def _find_labels(images: Path) -> Path | None:
    """Return the labels that belong to an images file, plain or gzipped, or None."""
    plain = re.sub(r"\.gz$", "", images.name, flags=re.IGNORECASE)
    name = re.sub("images([-._])idx3", r"labels\1idx1", plain, flags=re.IGNORECASE)
    if name == plain:
        return None
    return next((path for path in (images.with_name(name), images.with_name(name + ".gz")) if path.is_file()), None)
