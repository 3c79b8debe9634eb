"""The script that measures a GPU measures all that it should, tried on the CPU with little."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("gpu.py")
TINY = ["--device", "cpu", "--sizes", "16", "--batch", "4", "--seconds", "0.1", "--steps", "12", "--backend", "eager"]


@pytest.mark.slow
def test_it_tells_speeds_and_whether_runs_come_to_the_same(tmp_path):
    told = subprocess.run([sys.executable, SCRIPT, *TINY], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    (row,) = [line for line in told.stdout.splitlines() if line.startswith("| 16 |")]
    own, graphs, bare, compiled = row.split(" | ")[1:5]
    assert graphs == "none", "which there are on a GPU alone"
    assert min(float(speed.replace(",", "")) for speed in (own, bare, compiled)) > 0
    assert "and resumed ends in the same bits: yes" in told.stdout
    assert "makes the same works where there is no GPU: yes" in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_a_gpu_it_says_so(tmp_path):
    hidden = {"CUDA_VISIBLE_DEVICES": "", "PATH": "/usr/bin"}
    told = subprocess.run([sys.executable, SCRIPT], cwd=tmp_path, env=hidden, capture_output=True, text=True)
    assert told.returncode == 2
    assert "there is no CUDA GPU here" in told.stderr
