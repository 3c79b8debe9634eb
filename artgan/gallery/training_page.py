"""A run's page while it trains: it hangs from the first snapshot on, and refreshes itself until the works hang there.

A page that was opened by double click can fetch nothing, so what has changed lies in a script, `PROGRESS`, which the
page loads anew every few seconds. It holds the changed parts as HTML, and when they were written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..artworks.places import RunFolder
from ..files import is_utf8, write_text
from ..interfaces import Modality, Snapshot, Spec
from ..schema import Schema, fault
from .curves import Chart, Curve, chart
from .page_writer import environment, frame_style, href, is_small, security_policy, shower, write_page
from .run_record import RECORD, TIMELAPSE

PROGRESS = "progress.js"
"""The script in a run's folder of the gallery that tells its page how far it is."""

PAGE, BESIDE_WORKS = "index.html", "training.html"
"""A run's page while it trains, and the one where works of it hang already, which stay to be seen."""

PARTS = ("facts", "warnings", "sheet", "curves", "quality")
"""What of the page changes, in its order."""

HUNG = "hung"
State = Literal["training", "hanging", "stopped", "failed"]

_BEGIN, _END = "artganProgress(", ");\n"
_SCHEMA: Schema = {"state": str, "title": str}


@dataclass(frozen=True)
class Advance:
    """How far a run is, as its page tells.

    Attributes:
        state: what it is doing, or how it ended.
        sentence: the same in words.
        step: steps taken.
        steps: steps in all.
        facts: numbers by name, in words.
        snapshot: the newest sheet, which lies in the run's folder `TIMELAPSE` in the gallery.
        losses: by player.
        metrics: what was measured, as charts by name.
        warnings: what a person should know, the newest first.
        silent_seconds: where nothing is heard for so long, the run was killed.
    """

    state: State
    sentence: str
    step: int
    steps: int
    facts: Mapping[str, str]
    snapshot: Snapshot | None
    losses: Mapping[str, Curve]
    metrics: Sequence[tuple[str, Chart]]
    warnings: Sequence[str]
    silent_seconds: float


@dataclass(frozen=True)
class TrainingPage:
    """The page of one run while it trains, with all on it that stays the same.

    Attributes:
        run: the run.
        title: of what it learns from.
        spec: of what it makes.
        modality: shows that.
        choices: what was chosen, and why.
        command: what was typed.
        again: the command that goes on with it.
    """

    run: RunFolder
    title: str
    spec: Spec
    modality: Modality
    choices: Sequence[str]
    command: str
    again: str

    def write(self, advance: Advance) -> None:
        """Write the page as it is now, and the script by which one that is open refreshes itself.

        Raises:
            OSError: if they cannot be written.
            ArtganError: if the newest sheet is damaged.
        """
        path, parts, written = training_page(self.run), self._parts(advance), time.time()
        write_page(
            path,
            "training.html",
            root="../",
            page=self,
            advance=advance,
            parts=parts,
            script=PROGRESS,
            written=written,
            frame=frame_style(self.spec.shape),
            policy=security_policy(self.spec.shape, asks=True),
        )
        told = {
            "state": advance.state,
            "title": self.title,
            "sentence": advance.sentence,
            "step": advance.step,
            "steps": advance.steps,
            "written": written,
            "silent": advance.silent_seconds,
            "parts": parts,
        }
        _write_progress(path.parent, told)

    def _parts(self, advance: Advance) -> dict[str, str]:
        template = environment().get_template("training-parts.html")
        context = {
            "advance": advance,
            "chart": chart(advance.losses),
            "sheet": shower(self.modality.sheet, self.run.hung / TIMELAPSE, f"{TIMELAPSE}/"),
            "pixelated": is_small(self.spec.shape),
        }
        return {part: template.render(part=part, **context) for part in PARTS}


def training_page(run: RunFolder) -> Path:
    """Return the page of a run that trains: where its works will hang, or beside them where they hang already."""
    return run.hung / (BESIDE_WORKS if (run.hung / RECORD).exists() else PAGE)


def end_training_page(folder: Path) -> None:
    """Let an open page turn into that of the works, which now hang in a folder; nothing where there was none.

    Raises:
        OSError: if it cannot be told so.
    """
    if told := _read_progress(folder / PROGRESS):
        _write_progress(folder, {"state": HUNG, "title": told["title"]})
        (folder / BESIDE_WORKS).unlink(missing_ok=True)


def training_state(folder: Path) -> str:
    """Return what the run of a folder in a gallery is doing, as it told last; empty where it told nothing."""
    told = _read_progress(folder / PROGRESS)
    return str(told["state"]) if told else ""


def training_runs(gallery: Path) -> list[tuple[str, str, str]]:
    """Return name, link and title of each run in a gallery that has not come to its end, by name."""
    found = []
    for path in sorted(gallery.glob(f"[!.]*/{PROGRESS}")):
        folder, told = path.parent, _read_progress(path)
        if told and told["state"] != HUNG and is_utf8(folder.name):
            page = BESIDE_WORKS if (folder / RECORD).exists() else PAGE
            found.append((folder.name, f"{href(folder.name)}/{page}", told["title"]))
    return found


def _write_progress(folder: Path, told: Mapping[str, Any]) -> None:
    write_text(folder / PROGRESS, f"{_BEGIN}{json.dumps(told, ensure_ascii=False)}{_END}")


def _read_progress(path: Path) -> dict[str, Any] | None:
    """Return what a run's script tells, which may come from anybody; None where it is not as it is written here."""
    try:
        told = json.loads(path.read_text(encoding="utf-8").removeprefix(_BEGIN).removesuffix(_END))
    except (OSError, ValueError, RecursionError):
        return None
    return None if fault(told, _SCHEMA) else dict(told)
