"""A run takes the minutes that it was given, whatever else the machine does."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ratio import Ratio

MINUTES = 0.5
BUSY = {"never": (False, False), "while a step is measured": (True, False), "after that": (False, True)}
"""Whether other programs keep the machine busy before the run begins, and after that."""


def measure(place: Path) -> Iterator[Ratio]:
    """Run the bundled tiles for half a minute, beside other programs or not."""
    for when, (before, after) in BUSY.items():
        share = _share_of_the_minutes(place / when.replace(" ", "-"), before=before, after=after)
        what = f"the longer of a run's time and its minutes, of the shorter; the machine is busy {when}"
        yield Ratio(what, max(share, 1 / share), at_most=1.1)


def _share_of_the_minutes(place: Path, *, before: bool, after: bool) -> float:
    place.mkdir()
    words = ["run", "--dataset", "tiles", "--minutes", str(MINUTES), "--name", "tiles", "--quiet"]
    with _others(before):
        run = subprocess.Popen([sys.executable, "-m", "artgan", *words], cwd=place, stdout=subprocess.DEVNULL)
        while run.poll() is None and not (place / "runs/tiles/recipe.toml").exists():
            time.sleep(0.05)
    with _others(after):
        assert run.wait() == 0
    last = json.loads((place / "runs/tiles/log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return float(last["seconds"]) / (60 * MINUTES)


@contextmanager
def _others(busy: bool) -> Iterator[None]:
    """Keep a machine of two cores busy with four programs, or not."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 if busy else 0)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
