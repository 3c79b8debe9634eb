"""The last checkpoint of a run whose works were hardly ever copies of what it is trained on."""

from __future__ import annotations

from collections.abc import Callable

from ..artworks.model import Model
from ..artworks.places import RunFolder
from . import checkpoint
from .run_state import RunState

_ALL = 2**31
"""More checkpoints than there ever are."""


class OriginalCheckpoint:
    """The folder that holds it while the run is trained, so that one that goes on finds what it would have found.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.folder = run.original

    def replace(self, state: RunState, model: Model) -> None:
        """Put a later checkpoint in the place of the one before, which goes when the new one has been read back.

        Raises:
            CheckpointError: if it cannot be written; the one before then stays.
        """
        saved = state.write(self.folder, model, keep=_ALL, again=True)
        for other in checkpoint.checkpoints(self.folder):
            if other != saved:
                checkpoint.remove(other)

    def state(self) -> RunState | None:
        """Return the run as it was then, or None where there is no valid checkpoint.

        Raises:
            ArtganError: if it was written by nothing that this version knows.
        """
        found = checkpoint.newest(self.folder)
        return RunState.read(found) if found else None

    def clean(self, report: Callable[[str], None]) -> None:
        """Remove what a process left that died while it saved, and report it in one line each."""
        checkpoint.clean(self.folder, report)

    def remove(self) -> None:
        """Remove the folder, which has served when the run has come to its end."""
        for old in checkpoint.checkpoints(self.folder):
            checkpoint.remove(old)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()
