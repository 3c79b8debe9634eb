"""Sheets that show how a run comes on: works of the same latents, again and again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..interfaces import Modality, Snapshot

SHEET_SEEDS = range(64)
SLOW_SHEET_SEEDS = range(16)
"""Texts are few, for they are rendered one by one, as artworks are."""

COLUMNS = 8


class Snapshots:
    """The snapshots of a run.

    Args:
        folder: where they are kept.
        modality: writes them.
        count: how many are taken, apart from that of step 0.
    """

    def __init__(self, folder: Path, modality: Modality, count: int) -> None:
        self.folder, self.modality, self.count = folder, modality, count

    def is_due(self, step: int, steps: int) -> bool:
        """Return whether one is taken after a step of so many: close together at first, when most changes."""
        return step in _steps(self.count, steps)

    def of_step(self, step: int) -> Snapshot:
        """Return the snapshot of a step, taken or yet to be taken."""
        return Snapshot(self.folder / f"step-{step:08d}{self.modality.sheet_suffix}", step, self.modality.name)

    def take(self, samples: NDArray[Any], step: int) -> Snapshot:
        """Write a sheet.

        Args:
            samples: what is on it, compact (N, ...).
            step: the steps that their generator has taken.

        Raises:
            OSError: if it cannot be written.
        """
        snapshot = self.of_step(step)
        self.folder.mkdir(exist_ok=True)
        self.modality.write_sheet(snapshot.path, samples, columns=COLUMNS)
        return snapshot

    def cut(self, step: int) -> None:
        """Remove those after a step, which the run has gone back to."""
        for snapshot in self.taken():
            if snapshot.step > step:
                snapshot.path.unlink()

    def taken(self) -> list[Snapshot]:
        """Return the snapshots so far, the first first."""
        suffix = self.modality.sheet_suffix
        steps = (path.name.removesuffix(suffix).removeprefix("step-") for path in self.folder.glob(f"step-*{suffix}"))
        return [self.of_step(step) for step in sorted(int(step) for step in steps if step.isdecimal())]


@cache
def _steps(count: int, steps: int) -> frozenset[int]:
    return frozenset(round(steps * (number / count) ** 2) for number in range(1, count + 1))
