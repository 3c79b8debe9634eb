"""What a step takes is measured before a run begins."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell how much memory a process has held")
def test_the_memory_that_is_said_beforehand_is_what_the_whole_run_takes(tmp_path):
    np.save(tmp_path / "large.npy", np.random.default_rng(1).integers(0, 256, (64, 3, 256, 256), dtype=np.uint8))
    command = [sys.executable, "-m", "artgan", "run", "large.npy", "--steps", "2", "--batch", "16", "--threads", "1"]
    with (tmp_path / "told").open("w") as told:
        run = subprocess.Popen(command, cwd=tmp_path, stdout=told, stderr=subprocess.STDOUT)
        _, code, used = os.wait4(run.pid, 0)
    run.returncode = code
    assert code == 0, (tmp_path / "told").read_text()
    said = float(re.search(r"([\d.]+) GiB held", (tmp_path / "told").read_text())[1])
    held = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    assert held == pytest.approx(said, rel=0.15)
