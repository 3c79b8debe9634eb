"""The arrays inside a .npy or .npz: their headers, and their rows a megabyte at a time; never a pickle."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, printable

from .picture_list import explained

CHUNK = 2**20
MAX_ROW = 2**26
"""Bytes of the largest sample that is read: 4,096 x 4,096 with 4 channels."""
MAX_MEMBERS = 1000


@dataclass(frozen=True)
class Member:
    """One array in a file.

    Attributes:
        path: the file.
        member: its name inside a .npz, empty for a .npy.
        shape: the length of each axis.
        dtype: the type of its numbers.
        fortran: whether the first axis runs fastest.
        offset: bytes before its numbers.
    """

    path: Path
    member: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    offset: int

    def mapped(self) -> NDArray[Any]:
        """Return the array of a .npy memory-mapped and read-only."""
        array: NDArray[Any]
        with explained(self.path):
            array = np.memmap(self.path, self.dtype, "r", self.offset, self.shape, "F" if self.fortran else "C")
        return array

    def chunks(self) -> Iterator[NDArray[Any]]:
        """Yield the array along its first axis, about a megabyte at a time.

        Raises:
            ArtganError: if it is damaged.
        """
        row = math.prod(self.shape[1:]) * self.dtype.itemsize
        step = max(1, CHUNK // max(1, row))
        if not self.member:
            array = self.mapped()
            yield from (array[start : start + step] for start in range(0, self.shape[0], step))
            return
        with explained(self.path), zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
            _read(file, self.offset)
            for start in range(0, self.shape[0], step):
                rows = min(step, self.shape[0] - start)
                yield np.frombuffer(_read(file, rows * row), self.dtype).reshape(rows, *self.shape[1:])
            file.read(1)  # so that the checksum is compared


def members(path: Path) -> dict[str, Member]:
    """Return the arrays of a .npy (under its own name) or .npz, by name, from their headers alone.

    Raises:
        ArtganError: if it is neither, damaged, or holds anything but plain numbers.
    """
    found = {}
    with explained(path):
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                found[path.stem] = _member(path, "", file, path.stat().st_size)
            return found

        with zipfile.ZipFile(path) as archive:
            inside = [item for item in archive.infolist() if item.filename.endswith(".npy")]
            if len(inside) > MAX_MEMBERS:
                raise ArtganError(f"{path} holds {len(inside):,} arrays")
            for item in inside:
                if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise ArtganError(f"{path} is packed in a way that is not supported")
                with archive.open(item) as member:
                    name = item.filename.removesuffix(".npy")
                    found[name] = _member(path, item.filename, member, item.file_size)

    return found


def _member(path: Path, member: str, file: IO[bytes], size: int) -> Member:
    name = f"{path} ({printable(member)})" if member else str(path)
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ArtganError(f"{name} is of .npy version {version[0]}.{version[1]}, not 1.0 or 2.0")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shape, fortran, dtype = read(cast(Any, file))

    offset = file.tell()
    if dtype.kind not in "buif" or dtype.subdtype is not None:
        raise ArtganError(f"{name} holds {dtype}: only plain numbers are read")
    if not shape or any(length < 1 for length in shape):
        raise ArtganError(f"{name} has the shape {shape}: it is empty")
    if fortran and member and len(shape) > 1:
        raise ArtganError(f"{name} is in Fortran order: save numpy.ascontiguousarray of it")

    promised = math.prod(shape) * dtype.itemsize
    if promised != size - offset:
        raise ArtganError(f"{name} holds {size - offset:,} bytes, but its header promises {promised:,}")
    if promised // shape[0] > MAX_ROW:
        raise ArtganError(f"{name} has the shape {shape}: one sample is too large")

    return Member(path, member, tuple(int(length) for length in shape), dtype, bool(fortran), offset)


def _read(file: IO[bytes], wanted: int) -> bytes:
    data = file.read(wanted)
    if len(data) < wanted:
        raise EOFError("it is cut short")
    return data
