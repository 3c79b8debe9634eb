"""A fresh environment to install plugins in."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.distributions import Environment, make_environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return make_environment(tmp_path / "environment")
