"""What a dataset gives when it is opened, and where it may keep what it decodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .progress import Progress
from .spec import Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class LeftOut:
    """One item of a dataset that was not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Data:
    """An opened dataset.

    Attributes:
        spec: what networks are sized by.
        samples: the compact samples, (N, ...), memory-mapped where they are many; uint8 (N, C, H, W) for images,
            token numbers (N, L) for text.
        labels: class indices (N,), or None.
        fingerprint: SHA-256 of the content, in hexadecimal; the same content has the same fingerprint anywhere.
        title: what a person calls it.
        licence: under what terms the data is.
        source: where the data comes from; never a path of the user's machine.
        left_out: what could not be used.
        held_out: compact samples (M, ...) that nothing is trained on, to judge what was learned; None for none.
        names: what each sample is called, (N,), such as its file's name; empty where samples have none.
        notes: what was made of the data that a person might not expect, a line each, such as what was passed over.
    """

    spec: Spec
    samples: NDArray[Any]
    labels: NDArray[np.int64] | None
    fingerprint: str
    title: str
    licence: str
    source: str
    left_out: tuple[LeftOut, ...] = ()
    held_out: NDArray[Any] | None = None
    names: Sequence[str] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.samples)


@dataclass(frozen=True)
class Workspace:
    """Where a dataset may keep what it decoded, and how it tells how far it is.

    Attributes:
        cache: a folder for decoded data, shared by all runs; may be deleted at any time.
        progress: called while a long decoding goes on.
    """

    cache: Path
    progress: Progress = field(default=lambda what, done, total: None)
