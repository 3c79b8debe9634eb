"""A run that was trained once for all tests of what is done with runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from artgan.api import Budget, RunRequest, run
from artgan.plugins.loader import Plugins


@pytest.fixture(scope="session")
def trained(pictures: Path, plugins: Plugins, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the run `a` of four steps, saved each two, and a gallery in which it hangs."""
    out = tmp_path_factory.mktemp("trained")
    request = RunRequest(
        source=pictures,
        generator="cnn:width=2,latent=4",
        discriminator="cnn:width=2",
        loss="hinge",
        batch=8,
        budget=Budget(steps=4),
        settings={"training": {"checkpoint_every": 2, "snapshots": 2}},
        name="a",
        out=out,
        device="cpu",
    )
    run(request, plugins=plugins)
    return out


@pytest.fixture
def out(trained: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return tmp_path
