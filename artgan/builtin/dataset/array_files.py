"""Reads pictures from .npy and .npz files, whose headers are not trusted and which may be larger than memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, UsageError, printable
from artgan.interfaces import Data, Spec, Workspace

from .file_digests import content_key, file_digest
from .npy_members import Member, members
from .sample_store import Begin, stored

FORMAT = "artgan array 1"
SAMPLES, LABELS = ("samples", "images", "x"), ("labels", "y")
MAX_SIDE, MAX_COUNT, MAX_CLASSES = 4096, 20_000_000, 65_536
SLACK = 0.01
"""How far float levels may lie outside of their range."""

Convert = Callable[[NDArray[Any]], NDArray[np.uint8]]


def open_array(path: Path, layout: str, workspace: Workspace, licence: str) -> Data:
    """Return the pictures of a .npy or .npz.

    A .npy of uint8 in the order NCHW is memory-mapped where it lies; anything else is converted once.

    Args:
        path: the file.
        layout: the order of the axes, or ``auto``.
        workspace: holds what is converted.
        licence: under what terms they are.

    Raises:
        ArtganError: if it holds no pictures, or is damaged.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not a file: give a .npy or .npz with pictures")
    arrays = members(path)
    samples, labels = _pick(path, arrays)
    order = _order(path, samples, layout)
    key = content_key(FORMAT, order, file_digest(path, workspace.cache))
    if order == "NCHW" and samples.dtype == np.uint8 and not samples.member and not samples.fortran:
        return _data(path, licence, key, samples.mapped(), None, ())

    def fill(begin: Begin) -> None:
        numbers, names = _read_labels(path, labels, samples.shape[0]) if labels else (None, ())
        levels = _levels(path, samples)
        writer = begin(_channels_first(samples.shape, order)[1:], samples.shape[0])
        for rows in samples.chunks():
            workspace.progress("reading pictures", writer.count, samples.shape[0])
            writer.add(_rearranged(levels(rows), order))
        workspace.progress("reading pictures", samples.shape[0], samples.shape[0])
        writer.finish(numbers, names)

    entry = stored(workspace.cache, key, fill)
    return _data(path, licence, key, entry.samples, entry.labels, entry.classes)


def _data(
    path: Path,
    licence: str,
    key: str,
    samples: NDArray[np.uint8],
    labels: NDArray[np.int64] | None,
    classes: tuple[str, ...],
) -> Data:
    return Data(
        spec=Spec("image", tuple(samples.shape[1:]), classes),
        samples=samples,
        labels=labels,
        fingerprint=key,
        title=printable(path.stem),
        licence=licence,
        source="the user's own pictures",
    )


def _pick(path: Path, arrays: dict[str, Member]) -> tuple[Member, Member | None]:
    """Return which array holds the pictures, and which the labels."""
    labels = next((arrays[name] for name in LABELS if name in arrays), None)
    samples = next((arrays[name] for name in SAMPLES if name in arrays), None)
    if samples is None:
        others = [array for array in arrays.values() if array is not labels]
        if len(others) != 1:
            held = ", ".join(arrays) or "nothing"
            raise ArtganError(f"{path} holds {held}: call the array of pictures {' or '.join(SAMPLES)}")
        samples = others[0]
    return samples, labels


def _order(path: Path, array: Member, layout: str) -> str:
    """Return the order of the axes, checked."""
    shape, in_words = array.shape, f"{path} has the shape {array.shape}"
    last, first = len(shape) == 4 and shape[3] <= 4, len(shape) == 4 and shape[1] <= 4
    if layout == "auto":
        if len(shape) not in (3, 4):
            raise ArtganError(f"{in_words}: pictures are (N, H, W), (N, H, W, C) or (N, C, H, W)")
        if (last and first) or (len(shape) == 3 and shape[2] <= 4):
            raise ArtganError(f"{in_words}, which can be read in two ways: say layout=NHW, NHWC or NCHW")
        if len(shape) == 4 and not (last or first):
            raise ArtganError(f"{in_words}: neither the second nor the last axis is 1 to 4 channels")
        layout = "NHW" if len(shape) == 3 else "NHWC" if last else "NCHW"

    if len(layout) != len(shape):
        raise ArtganError(f"{in_words}, which is not {layout}")
    count, channels, height, width = _channels_first(shape, layout)
    if not (1 <= count <= MAX_COUNT and 1 <= channels <= 4 and 1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise ArtganError(f"{in_words}: as {layout}, that is {count:,} of {channels} channels, {height} x {width}")
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        raise ArtganError(f"{path} holds {array.dtype}: save pictures as uint8 (0 to 255) or floats (0 to 1)")

    return layout


def _channels_first(shape: tuple[int, ...], order: str) -> Any:
    if order == "NHW":
        return shape[0], 1, *shape[1:]
    return (shape[0], shape[3], *shape[1:3]) if order == "NHWC" else shape


def _rearranged(rows: NDArray[np.uint8], order: str) -> NDArray[np.uint8]:
    if order == "NHW":
        return rows[:, None]
    return np.moveaxis(rows, 3, 1) if order == "NHWC" else rows


def _levels(path: Path, array: Member) -> Convert:
    """Return what turns the array's levels into 0 to 255; reads floats once to see their range."""
    if array.dtype == np.uint8:
        return lambda rows: rows
    low, high = math.inf, -math.inf
    for rows in array.chunks():
        if not np.isfinite(rows).all():
            raise ArtganError(f"{path} holds levels that are not finite")
        low, high = min(low, float(rows.min())), max(high, float(rows.max()))
    bottom = -1.0 if low < -SLACK else 0.0
    if low < bottom - SLACK or high > 1 + SLACK:
        raise ArtganError(f"{path} has levels from {low:g} to {high:g}: floats must lie in [0, 1] or [-1, 1]")
    return partial(_to_bytes, bottom)


def _to_bytes(bottom: float, rows: NDArray[Any]) -> NDArray[np.uint8]:
    scaled = (rows.astype(np.float32) - bottom) * (255 / (1 - bottom))
    levels: NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return levels


def _read_labels(path: Path, array: Member, count: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if array.shape != (count,) or array.dtype.kind not in "iu":
        raise ArtganError(f"{path} has labels of shape {array.shape} and type {array.dtype}, not {count:,} integers")
    labels = np.empty(count, np.int64)
    filled = 0
    for rows in array.chunks():
        if rows.min() < 0 or rows.max() >= MAX_CLASSES:
            raise ArtganError(f"{path} has labels from {rows.min()} to {rows.max()}: they must lie in 0 to 65535")
        labels[filled : filled + len(rows)] = rows
        filled += len(rows)
    return labels, tuple(str(number) for number in range(int(labels.max()) + 1))
