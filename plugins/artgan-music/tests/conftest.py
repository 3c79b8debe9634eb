"""A run of tunes, trained but a few steps, which several tests look at."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Trained:
    """The run ``first`` of bundled tunes.

    Attributes:
        folder: where it was started.
    """

    folder: Path

    def artgan(self, *arguments: str) -> str:
        """Run a command there, and return what it prints."""
        environment = {**os.environ, "ARTGAN_LOAD_PLUGINS": "artgan-music", "ARTGAN_LIVE": "1"}
        command = [sys.executable, "-m", "artgan", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    run = Trained(tmp_path_factory.mktemp("trained"))
    small = ["--generator=tune:width=16", "--discriminator=tune:width=16", "--batch=8"]
    run.artgan("run", "--dataset=tunes:book=irish,bars=8", *small, "--steps=2", "--name=first", "--quiet")
    return run
