"""Opens every file of a folder as a dataset, in a process of its own; says what came of each, and the memory it took.

Call: python reading.py picture|archive|text|table FOLDER SCRATCH
"""

from __future__ import annotations

import faulthandler
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from artgan import ArtganError
from artgan.builtin.dataset import Folder, Lines
from artgan.interfaces import Data, Workspace

HANG = 300
"""Seconds after which a file that is still being read ends the process, with a traceback that shows where."""


def open_picture(file: Path, scratch: Path) -> Data:
    """Open a folder with one good picture and this file."""
    shutil.copy(file, scratch / "data" / file.name)
    return Folder(path=str(scratch / "data")).open(Workspace(scratch / "cache"))


def open_archive(file: Path, scratch: Path) -> Data:
    return Folder(path=str(file)).open(Workspace(scratch / "cache"))


def open_text(file: Path, scratch: Path) -> Data:
    return Lines(path=str(file)).open(Workspace(scratch / "cache"))


KINDS: dict[str, Callable[[Path, Path], Data]] = {
    "picture": open_picture,
    "archive": open_archive,
    "text": open_text,
    "table": open_text,
}


def peak() -> int:
    """Return the largest memory held since the last reset, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def held() -> int:
    """Reset the peak; return the memory held now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def read(kind: str, file: Path, scratch: Path) -> dict[str, object]:
    """Return what came of one file."""
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "data").mkdir(parents=True)
    if kind == "picture":
        shutil.copy(file.parent / "good.png", scratch / "data")
    faulthandler.dump_traceback_later(HANG, exit=True)
    before = held()
    said: dict[str, object]
    try:
        data = KINDS[kind](file, scratch)
        said = {
            "used": len(data),
            "left_out": [[item.name, item.reason] for item in data.left_out],
            "finite": bool(data.samples.min() >= 0),
        }
    except ArtganError as error:
        said = {"error": str(error)}
    said |= {"name": file.name, "memory": peak() - before}
    faulthandler.cancel_dump_traceback_later()
    return said


def main(kind: str, folder: str, scratch: str) -> None:
    """Print a row of JSON for each file."""
    for file in sorted(Path(folder).iterdir()):
        print(json.dumps(read(kind, file, Path(scratch))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
