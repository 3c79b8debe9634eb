"""The best checkpoint of a run: the one whose samples were nearest to what nothing is trained on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ..artworks.places import RunFolder
from . import checkpoint


class Quality(NamedTuple):
    """How good a generator was at a step, by one number of which less is better.

    Attributes:
        step: the steps that it had taken.
        name: what was measured.
        value: the number.
    """

    step: int
    name: str
    value: float


class Best:
    """The folder that holds a run's best checkpoint; what is best is found by looking, not by a pointer.

    Args:
        folder: the run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder(folder).best

    def quality(self) -> Quality | None:
        """Return how good the best checkpoint was, or None where there is no valid one."""
        return min((quality for quality, _ in self._kept()), key=lambda quality: quality.value, default=None)

    def is_beaten_by(self, quality: Quality) -> bool:
        """Return whether a quality is better than all before; a number that is not finite never is."""
        best = self.quality()
        return math.isfinite(quality.value) and (
            best is None or best.name != quality.name or quality.value < best.value
        )

    def replace(self, save: Callable[[Path], Path]) -> None:
        """Put a better checkpoint in the place of the one before, which goes when the new one has been read back.

        Args:
            save: writes a checkpoint into a folder and returns its path.

        Raises:
            CheckpointError: if it cannot be written; the one before then stays.
        """
        saved = save(self.folder)
        for other in checkpoint.checkpoints(self.folder):
            if other != saved:
                checkpoint.remove(other)

    def clean(self, report: Callable[[str], None]) -> None:
        """Remove all but the best, and what a process left that died while it saved."""
        kept = sorted(self._kept(), key=lambda pair: pair[0].value)
        for _, worse in kept[1:]:
            checkpoint.remove(worse)
        checkpoint.clean(self.folder, report)

    def _kept(self) -> list[tuple[Quality, Path]]:
        """Return the valid checkpoints and how good they were; more than one where a process died in between."""
        kept = []
        for path in checkpoint.checkpoints(self.folder):
            if not checkpoint.verify(path):
                state = json.loads((path / checkpoint.STATE).read_text(encoding="utf-8"))
                name, value = state.get("quality", ("", math.inf))
                kept.append((Quality(state["step"], name, value), path))
        return kept
