"""Works that others start from."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def projected(hung, tmp_path):
    """A work with a latent of its own."""
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / "ramp.png")
    done = hung("project", "bars", "ramp.png", "--steps", 3, "--seed", 9, "--out", "found")
    return tmp_path / done.out.splitlines()[0]


@pytest.fixture
def bred(hung, tmp_path, projected):
    """A child of a seed and of the projected work."""
    done = hung("breed", "bars", 7, projected, "-n", 1, "--from", 5, "--out", "kids")
    assert done.code == 0, done.err
    return tmp_path / done.out.splitlines()[0]
