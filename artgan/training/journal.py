"""What a run writes down as it goes: rows of JSON, a file for each kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..files import write_text

LOSSES, METRICS, EVENTS = "log.jsonl", "metrics.jsonl", "events.jsonl"
ROLLED_BACK, FAILED, UNSAVED, UNWRITTEN, COLLAPSED = "rolled back", "failed", "not saved", "not written", "collapsed"
UNJUDGED, UNMEASURED = "not judged", "not measured"
PLANNED, ENDED_EARLY, SLOWED = "planned anew", "ended early", "slowed"
COPIED, WORSE = "copied", "worse"
CHOSEN = "chosen"
"""The kinds of events."""


class Journal:
    """The logs in a run's folder.

    Args:
        folder: the run's folder.
        writes: whether this process writes; of many that train a run one does.
    """

    def __init__(self, folder: Path, *, writes: bool = True) -> None:
        self.folder, self.writes = folder, writes

    def add(self, name: str, row: Mapping[str, Any]) -> None:
        """Append a row.

        Raises:
            OSError: if it cannot be written.
        """
        if not self.writes:
            return
        with (self.folder / name).open("a", encoding="utf-8") as log:
            log.write(json.dumps(row, ensure_ascii=False) + "\n")

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows so far, without what a process that died or a full disk left half written."""
        path = self.folder / name
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1] if path.exists() else []
        return [row for line in lines if (row := _row(line)) is not None]

    def cut(self, step: int) -> None:
        """Leave out the losses and metrics after a step, which are going to be written again."""
        for name in (LOSSES, METRICS) if self.writes else ():
            kept = [json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows(name) if row["step"] <= step]
            if kept or (self.folder / name).exists():
                write_text(self.folder / name, "".join(kept))


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("step"), int) else None
