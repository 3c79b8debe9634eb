"""Samples are kept in files: the memory that a run takes does not grow with its dataset."""

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
    main(["run", sys.argv[1], "--out", sys.argv[2], "--steps", "30", "--quiet", "--generator", "cnn:width=4",
          "--discriminator", "cnn:width=4", "--batch", "32"])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

TEXT_RUN = RUN.replace("cnn:width=4", "rnn:width=8,embedding=8")
WORDS = [f"{first}{second}" for first in "bdfgklmnprst" for second in ("a", "en", "ir", "ol", "um")]


def text_of(count: int, path: Path) -> Path:
    """A file of random lines of words."""
    random = np.random.default_rng(count)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(count // 1000):
            rows = random.choice(WORDS, (1000, 12))
            file.write("\n".join(" ".join(row) for row in rows) + "\n")
    return path


def folder_of(count: int, folder: Path) -> Path:
    """A folder of small photographs, each its own noise."""
    random = np.random.default_rng(count)
    for number in range(count):
        path = folder / f"{number % 50:02d}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path, quality=30)
    return folder


def peak(data: Path, out: Path, code: str = RUN) -> int:
    """Return the peak resident memory of a run over the data, decoding included."""
    command = [sys.executable, "-c", code, str(data), str(out)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def test_forty_times_as_many_pictures_take_at_most_a_tenth_more_memory(tmp_path: Path) -> None:
    few, many = (peak(folder_of(count, tmp_path / str(count)), tmp_path / f"out-{count}") for count in (500, 20_000))
    assert many <= 1.1 * few


def test_a_text_file_forty_times_as_large_takes_at_most_a_tenth_more_memory(tmp_path: Path) -> None:
    few, many = (
        peak(text_of(count, tmp_path / f"{count}.txt"), tmp_path / f"out-{count}", TEXT_RUN)
        for count in (10_000, 400_000)
    )
    assert many <= 1.1 * few
