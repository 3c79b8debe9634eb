"""What the tests of datasets share: a folder for pictures, and a place to keep what is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from artgan.interfaces import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "cache")


@pytest.fixture
def prints(tmp_path: Path) -> Path:
    """Return an empty folder."""
    folder = tmp_path / "prints"
    folder.mkdir()
    return folder
