"""Items of text, cut up and numbered as they are read, in a file without a name until all tokens have been counted."""

from __future__ import annotations

import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from .text_form import Tally

ITEMS = 4096
"""Items that are in memory at a time."""


class Items(NamedTuple):
    """Some of the items, one behind another.

    Attributes:
        numbers: of the tokens of all, in the order in which tokens were first met.
        lengths: how many of them each item has, (n,).
        held_out: which items nothing is trained on, (n,).
        places: where each stands.
    """

    numbers: NDArray[Any]
    lengths: NDArray[np.uint16]
    held_out: NDArray[np.bool_]
    places: list[str]


class TextSpool:
    """Takes items one by one and gives them back, so that no file is cut up twice however large it is.

    Args:
        folder: where the file lies, once there is something in it.

    Attributes:
        tally: what was left out, and what is not whole.
        lengths: how many items there are of each number of tokens.
        held_out: how many of them nothing is trained on.
    """

    def __init__(self, folder: Path) -> None:
        self.tally, self.lengths, self.held_out = Tally(), Counter[int](), 0
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed when the data is open)
        self._known = _InOrder()
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._clear()

    def _clear(self) -> None:
        self._numbers, self._sizes, self._held = array("I"), array("H"), bytearray()
        self._places = list[str]()

    @property
    def counts(self) -> Counter[str]:
        """How often there is each token, in the order in which they were first met."""
        return Counter(dict(zip(self._known, self._counts.tolist(), strict=True)))

    def add(self, place: str, cut: list[str], *, held_out: bool) -> None:
        """Take an item of one token or more."""
        self._numbers.extend(map(self._known.__getitem__, cut))
        self._sizes.append(len(cut))
        self._held.append(held_out)
        self._places.append(place)
        if len(self._places) == ITEMS:
            self._write()

    def finish(self) -> None:
        """Write what is still in memory, once all were added."""
        if self._places:
            self._write()

    def _write(self) -> None:
        numbers, sizes = np.frombuffer(self._numbers, np.uint32), np.frombuffer(self._sizes, np.uint16)
        held_out = np.frombuffer(self._held, np.bool_)
        before, self._counts = self._counts, np.bincount(numbers, minlength=len(self._known))
        self._counts[: len(before)] += before
        self.lengths.update(sizes.tolist())
        self.held_out += int(held_out.sum())

        smallest = numbers.astype(np.min_scalar_type(int(numbers.max())))
        places = np.frombuffer("\0".join(self._places).encode(), np.uint8)
        for part in (smallest, sizes, held_out, places):
            np.save(self._file, part)
        self._clear()

    def items(self) -> Iterator[Items]:
        """Yield all of them, some at a time; as often as is wanted, once they were finished."""
        self._file.seek(0)
        for _ in range(-(-self.lengths.total() // ITEMS)):
            numbers, lengths, held_out, places = (np.load(self._file, allow_pickle=False) for _ in range(4))
            yield Items(numbers, lengths, held_out, places.tobytes().decode().split("\0"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class _InOrder(dict[str, int]):
    """Numbers tokens as they are met."""

    def __missing__(self, token: str) -> int:
        self[token] = len(self)
        return self[token]
