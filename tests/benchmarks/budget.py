"""A run takes about as many minutes as it was given."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ratio import Ratio

MINUTES = 0.25


def measure(place: Path) -> Iterator[Ratio]:
    """Run the bundled tiles for a quarter of a minute."""
    words = ["run", "--dataset", "tiles", "--minutes", str(MINUTES), "--name", "tiles", "--quiet"]
    subprocess.run([sys.executable, "-m", "artgan", *words], cwd=place, check=True, capture_output=True)
    last = json.loads((place / "runs/tiles/log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    share = last["seconds"] / (60 * MINUTES)
    yield Ratio("the longer of a run's time and its budget, of the shorter", max(share, 1 / share), at_most=1.7)
