"""The best checkpoint of a run: the one whose samples were nearest to what nothing is trained on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from ..artworks.model import Model
from ..artworks.places import RunFolder
from ..interfaces import Quality
from . import checkpoint
from .run_state import RunState

_ALL = 2**31
"""More checkpoints than there ever are."""


class BestCheckpoint:
    """The folder that holds a run's best checkpoint.

    What is best is found by looking into the folder, not by a pointer, and then remembered: to read a checkpoint is to
    compare all its bytes with their digests, which would cost too much at each judgement.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.folder = run.best

    @cached_property
    def quality(self) -> Quality | None:
        """How good the best checkpoint was, or None where there is no valid one."""
        return min((quality for quality, _ in self._kept()), key=lambda quality: quality.value, default=None)

    def is_beaten_by(self, quality: Quality) -> bool:
        """Return whether a quality is better than all before; a number that is not finite never is."""
        best = self.quality
        return math.isfinite(quality.value) and (
            best is None or best.name != quality.name or quality.value < best.value
        )

    def replace(self, state: RunState, model: Model, quality: Quality) -> None:
        """Put a better checkpoint in the place of the one before, which goes when the new one has been read back.

        Args:
            state: of the run.
            model: of the same moment.
            quality: how good it was found to be.

        Raises:
            CheckpointError: if it cannot be written; the one before then stays.
        """
        saved = state.write(self.folder, model, keep=_ALL, again=True, quality=quality)
        self.quality = quality
        for other in checkpoint.checkpoints(self.folder):
            if other != saved:
                checkpoint.remove(other)

    def cut(self, step: int) -> None:
        """Remove the best checkpoint where it is of a later step, which the run has gone back from."""
        if self.quality and self.quality.step > step:
            for later in checkpoint.checkpoints(self.folder):
                checkpoint.remove(later)
            self.quality = None

    def clean(self, report: Callable[[str], None]) -> None:
        """Remove all but the best, and what a process left that died while it saved, which is reported."""
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
