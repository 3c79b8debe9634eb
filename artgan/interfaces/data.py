"""What a dataset gives when it is opened, and where it may keep what it decodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
    """An item of a dataset that was not used, or several that are not told one by one, and why.

    Attributes:
        name: what a person calls it.
        reason: why it was not used.
        group: the same in words that hold for all that were left out alike, by which they are counted; empty for the
            reason itself.
        remedy: the option of the dataset that keeps such items, as it is typed; empty where there is none.
        count: how many items it stands for.
    """

    name: str
    reason: str
    group: str = ""
    remedy: str = ""
    count: int = 1


def told_once(items: Iterable[LeftOut]) -> list[tuple[str, int]]:
    """Return a line for items of one name and reason, as pieces of a score are, and how many it tells of."""
    counts = Counter(f"{item.name}: {item.reason}" for item in items)
    return [(f"{line} ({count} times)" if count > 1 else line, count) for line, count in counts.items()]


@dataclass(frozen=True)
class LeftOutGroup:
    """What was left out for one reason.

    Attributes:
        reason: what holds for all of it.
        items: those that are told one by one, in their order.
        count: how many there are.
        remedy: as of `LeftOut`.
    """

    reason: str
    items: tuple[LeftOut, ...]
    count: int
    remedy: str

    @classmethod
    def of(cls, left_out: Sequence[LeftOut]) -> tuple[LeftOutGroup, ...]:
        """Return the groups of what was left out, the largest first."""
        groups: dict[str, list[LeftOut]] = {}
        for item in left_out:
            groups.setdefault(item.group or item.reason, []).append(item)
        found = [
            cls(
                reason=reason,
                items=tuple(item for item in items if item.count == 1),
                count=sum(item.count for item in items),
                remedy=items[0].remedy,
            )
            for reason, items in groups.items()
        ]
        return tuple(sorted(found, key=lambda group: -group.count))


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

    @property
    def count_left_out(self) -> int:
        """How many items were left out, told one by one or not."""
        return sum(item.count for item in self.left_out)


@dataclass(frozen=True)
class Workspace:
    """Where a dataset may keep what it decoded, and how it tells how far it is.

    Attributes:
        cache: a folder for decoded data, shared by all runs; may be deleted at any time.
        progress: called while a long decoding goes on.
    """

    cache: Path
    progress: Progress = field(default=lambda what, done, total: None)
