"""The memory that a run takes does not grow with its dataset."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the peak is read with the POSIX module resource"),
]

RUN = """
import resource, sys
from artgan.commands.main import main
try:
    main(["run", sys.argv[1], "--out", sys.argv[2], "--steps", "300", "--quiet", "--generator", "cnn:width=4",
          "--discriminator", "cnn:width=4", "--batch", "32"])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def folder_of(count: int, folder: Path) -> Path:
    """A folder of small photographs, each its own noise."""
    random = np.random.default_rng(count)
    for number in range(count):
        path = folder / f"{number % 50:02d}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path, quality=30)
    return folder


def peak(pictures: Path, out: Path) -> int:
    """Return the peak resident memory of a run over the pictures, decoding included."""
    command = [sys.executable, "-c", RUN, str(pictures), str(out)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def test_fifty_thousand_pictures_take_at_most_a_tenth_more_memory_than_five_hundred(tmp_path, capsys):
    few, many = (peak(folder_of(count, tmp_path / str(count)), tmp_path / f"out-{count}") for count in (500, 50_000))
    with capsys.disabled():
        print(f"\npeak memory over 50,000 pictures: {many / few:.3f} of that over 500")
    assert many <= 1.1 * few
