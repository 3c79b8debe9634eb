"""Stops the runs whose pages a server shows, and lets them go on."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from ..artworks.places import RunFolder, runs_folder
from ..errors import UsageError
from ..schema import FileName, fault
from .training_page import PROGRESS, training_state

SECONDS_TO_START, SECONDS_BETWEEN_LOOKS = 300.0, 0.2


class RunControls:
    """Stops and continues the runs whose pages hang in a gallery.

    Args:
        gallery: the gallery; its runs lie in the folder ``runs`` beside it.
        plugins: files and folders of plugins that runs go on with, beside those that are installed. None is ever taken
            from a run's folder, which may come from anybody.
    """

    def __init__(self, gallery: Path, plugins: Sequence[str | Path] = ()) -> None:
        self._runs, self._plugins = runs_folder(gallery.resolve().parent), plugins

    def stop(self, name: str) -> str:
        """Ask a run to stop and be saved, which it does after its step; return in words what happens.

        Raises:
            UsageError: if there is no such run, or it is not trained.
        """
        run = self._run(name)
        if training_state(run.hung) != "training":
            raise UsageError(f"{name} is not trained now")
        run.stop_request.touch()
        return "It takes its last step, and is saved."

    def go_on(self, name: str) -> str:
        """Start a process that goes on with a run, and return in words what happens once it trains.

        The process is one of its own, which outlives this one.

        Raises:
            UsageError: if there is no such run, or it cannot go on, and why.
        """
        run = self._run(name)
        before, latest = _written(run), time.monotonic() + SECONDS_TO_START
        command = [sys.executable, "-m", "artgan", "run", "--quiet", "--resume", str(run.path)]
        command += [word for plugin in self._plugins for word in ("--plugin", str(plugin))]
        with TemporaryFile() as said:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
            )
            threading.Thread(target=process.wait, daemon=True).start()  # so that its end is noted, whenever that is
            while process.returncode is None and _written(run) == before and time.monotonic() < latest:
                time.sleep(SECONDS_BETWEEN_LOOKS)
            if process.returncode:
                said.seek(0)
                lines = said.read().decode("utf-8", "replace").split("\n")
                raise UsageError(next((line for line in reversed(lines) if line.strip()), "it could not go on"))
        return "It goes on."

    def _run(self, name: str) -> RunFolder:
        """Return a run by its name.

        Raises:
            UsageError: if there is none whose page shows how it is trained.
        """
        run = RunFolder(self._runs / name)
        if fault(name, FileName) or not run.is_begun or training_state(run.hung) in ("", "hung"):
            raise UsageError("no run of that name is trained beside this gallery")
        return run


def _written(run: RunFolder) -> int:
    """Return when a run last told how far it is, 0 where it never did."""
    try:
        return (run.hung / PROGRESS).stat().st_mtime_ns
    except OSError:
        return 0
