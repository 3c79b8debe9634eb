"""Rows that are kept in a file without a name until they are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from artgan.interfaces import LeftOut

ROWS = 4096
"""Rows that are in memory at a time."""


class RowSpool:
    """Takes the rows of one part of a data set while another is written, so that nothing is read twice for them.

    Args:
        folder: where the file lies, once there is something in it.

    Attributes:
        whole: whether all rows of the part are here.
        left_out: what was left out while they were read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._row: NDArray[Any] | None = None
        self.whole, self.left_out = False, tuple[LeftOut, ...]()

    def add(self, row: NDArray[Any]) -> None:
        """Keep a row, all of which have one length and type."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (closed when the data is open)
        self._row = row
        self._file.write(row.tobytes())

    def finish(self, left_out: Sequence[LeftOut], *, none: bool) -> None:
        """Say that all are here, or that there are to be none after all."""
        self.whole, self.left_out = True, tuple(left_out)
        if none:
            self._row = None

    def chunks(self) -> Iterator[NDArray[Any]]:
        """Yield all rows, (n, L) at a time."""
        if self._file is None or self._row is None:
            return
        self._file.seek(0)
        while part := self._file.read(ROWS * self._row.nbytes):
            yield np.frombuffer(part, self._row.dtype).reshape(-1, len(self._row))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
