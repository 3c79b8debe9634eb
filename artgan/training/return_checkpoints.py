"""The checkpoints that a run may return to: the last whose works were no copies, and the one whose works were best."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..artworks.model import Model
from ..artworks.places import RunFolder
from . import checkpoint
from .run_state import RunState

_ALL = 2**31
"""More checkpoints than there ever are."""


class ReturnCheckpoints:
    """The folder that holds them while the run is trained, so that one that goes on finds what it would have found.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.folder = run.original

    def steps(self) -> list[int]:
        """Return the steps of those that there are, the latest first."""
        return [
            step for found in checkpoint.checkpoints(self.folder) if (step := checkpoint.step_of(found)) is not None
        ]

    def add(self, state: RunState, model: Model) -> None:
        """Write a checkpoint, in place of one of the same step.

        Raises:
            CheckpointError: if it cannot be written; the others stay.
        """
        state.write(self.folder, model, keep=_ALL, again=True)

    def keep(self, steps: Collection[int]) -> None:
        """Remove those of other steps."""
        for found in checkpoint.checkpoints(self.folder):
            if checkpoint.step_of(found) not in steps:
                checkpoint.remove(found)

    def state(self, step: int | None = None) -> RunState | None:
        """Return the run as it was after a step, by default the latest, or None where there is no valid checkpoint.

        Raises:
            ArtganError: if it was written by nothing that this version knows.
        """
        if step is None:
            found = checkpoint.newest(self.folder)
        else:
            path = self.folder / checkpoint.name_of(step)
            found = path if path.is_dir() and not checkpoint.verify(path) else None
        return RunState.read(found) if found else None

    def clean(self, report: Callable[[str], None]) -> None:
        """Remove what a process left that died while it saved, and report it in one line each."""
        checkpoint.clean(self.folder, report)

    def remove(self) -> None:
        """Remove the folder, which has served when the run has come to its end."""
        self.keep(())
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()
