"""Decoded samples on disk: one folder for each content, memory-mapped, written once and never half."""

from __future__ import annotations

import json
import math
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from artgan import ArtganError
from artgan.interfaces import LeftOut

SAMPLES, LABELS, RECORD = "samples.npy", "labels.npy", "record.json"
SPARE = 64 * 2**20
"""Bytes that must stay free on the disk."""
STALE = 24 * 3600
"""Seconds after which an unfinished entry is nobody's."""


@dataclass(frozen=True)
class Entry:
    """Decoded samples.

    Attributes:
        samples: compact samples (N, ...), memory-mapped and read-only.
        labels: class indices (N,), or None.
        classes: the names of the classes.
        left_out: what could not be decoded.
        more: what else belongs to the samples.
    """

    samples: NDArray[Any]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    more: Mapping[str, Any]


class Writer:
    """Takes the samples of one new entry row by row.

    Args:
        folder: the empty folder to write to.
        shape: the shape of one compact sample.
        expected: how many samples may come.
        dtype: the type of their numbers.

    Raises:
        ArtganError: if the disk has no room for them.
    """

    def __init__(self, folder: Path, shape: tuple[int, ...], expected: int, dtype: DTypeLike = np.uint8) -> None:
        self._folder, self._shape, self._dtype, self.count = folder, shape, np.dtype(dtype), 0
        needed, free = expected * math.prod(shape) * self._dtype.itemsize, shutil.disk_usage(folder).free
        if needed + SPARE > free:
            raise ArtganError(
                f"the decoded samples take {needed / 1e6:,.0f} MB, but {folder.parent} has only {free / 1e6:,.0f} MB "
                "free: make room, or set ARTGAN_CACHE to a folder with more"
            )
        self._file = (folder / SAMPLES).open("wb")
        self._write_header()

    def _write_header(self) -> None:
        # numpy pads the header for the first axis to grow, so that it can be written again over itself.
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": (self.count, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, header)

    def add(self, rows: NDArray[Any]) -> None:
        """Append samples, (n, ...)."""
        assert rows.dtype == self._dtype
        assert rows.shape[1:] == self._shape
        self._file.write(np.ascontiguousarray(rows).data)
        self.count += len(rows)

    def finish(
        self,
        labels: NDArray[np.int64] | None = None,
        classes: tuple[str, ...] = (),
        left_out: tuple[LeftOut, ...] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what belongs to the samples, once all were added."""
        self._file.seek(0)
        self._write_header()
        self.close()
        if labels is not None:
            np.save(self._folder / LABELS, labels.astype(np.int64))
        items = [[item.name, item.reason, item.group, item.remedy, item.count] for item in left_out]
        record = {"classes": classes, "left_out": items, "more": dict(more or {})}
        (self._folder / RECORD).write_text(json.dumps(record), encoding="utf-8")

    def close(self) -> None:
        """Close the file; what was not finished is lost."""
        self._file.close()


class Begin(Protocol):
    """Begins a new entry: makes its `Writer`."""

    def __call__(self, shape: tuple[int, ...], expected: int, dtype: DTypeLike = np.uint8) -> Writer:
        """Return the writer."""


def stored(cache: Path, key: str, fill: Callable[[Begin], None]) -> Entry:
    """Return the entry of a key, made on first use.

    Two processes may make it at once: each writes its own folder, and the first to rename it wins.

    Args:
        cache: the workspace's cache.
        key: the SHA-256 of all that decides what the samples are.
        fill: makes a new entry; calls its argument with the shape of a sample and the most that may come, adds the
            samples to the `Writer` that it gets, and finishes it.

    Raises:
        ArtganError: if the cache cannot be written, or by ``fill``.
    """
    folder = cache / "samples" / key
    if entry := _load(folder):
        return entry

    with kept_in(cache):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        draft = folder.parent / f"tmp-{uuid.uuid4().hex[:12]}"
        draft.mkdir()
        try:
            _fill(draft, fill)
            _publish(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    entry = _load(folder)
    if entry is None:
        raise ArtganError(f"what was decoded into {cache} is gone or damaged: is the disk in order?")
    return entry


def _fill(draft: Path, fill: Callable[[Begin], None]) -> None:
    writers: list[Writer] = []

    def begin(shape: tuple[int, ...], expected: int, dtype: DTypeLike = np.uint8) -> Writer:
        writers.append(Writer(draft, shape, expected, dtype))
        return writers[-1]

    try:
        fill(begin)
    finally:
        for writer in writers:
            writer.close()


def _publish(draft: Path, folder: Path) -> None:
    for _ in range(2):
        try:
            draft.replace(folder)
            return
        except OSError:
            if not folder.exists():
                raise
            if _load(folder):
                return  # another process was quicker
            folder.replace(draft.with_name(draft.name + "-damaged"))
            shutil.rmtree(draft.with_name(draft.name + "-damaged"), ignore_errors=True)


def _load(folder: Path) -> Entry | None:
    """Return what a folder holds, or None if it is missing, damaged or unfinished."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        samples = np.load(folder / SAMPLES, mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / LABELS, allow_pickle=False) if (folder / LABELS).exists() else None
        left_out = tuple(LeftOut(*item) for item in record["left_out"])
        if samples.dtype.kind != "u" or samples.ndim < 2 or (labels is not None and len(labels) != len(samples)):
            return None
        return Entry(samples, labels, tuple(record["classes"]), left_out, dict(record["more"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def _sweep(parent: Path) -> None:
    """Remove what killed processes left unfinished."""
    for path in parent.glob("tmp-*"):
        try:
            if path.stat().st_mtime < time.time() - STALE:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue


@contextmanager
def kept_in(cache: Path) -> Iterator[None]:
    """Turn what goes wrong in writing to a cache into one line that says what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise ArtganError(
            f"cannot keep what was read in {cache} ({reason}): make room, or set ARTGAN_CACHE to another folder"
        ) from None
