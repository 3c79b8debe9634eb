"""What networks are sized by, and where real samples come from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .component import Component
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


@dataclass(frozen=True)
class Dataset(Component):
    """Real samples.

    Attributes:
        modality: the modality of its samples.
    """

    kind = "dataset"
    plural = "datasets"
    modality: ClassVar[str]

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Return whether a path given as plain argument is meant for this dataset, which then takes it as ``path``."""
        return False

    def negative_log_likelihood(self, samples: NDArray[Any]) -> NDArray[np.float64] | None:
        """Return the true one of each compact sample (N,), in nats per value, where it is known."""
        return None

    @abstractmethod
    def open(self, workspace: Workspace) -> Data:
        """Read the data, decoding it once into the workspace's cache where it is many.

        Raises:
            ArtganError: if there is nothing that can be used.
        """
