"""Runs of tunes and of pieces, trained but a few steps, which several tests look at."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Trained:
    """The run ``first`` of bundled tunes, or of pieces in four voices.

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


CHORDS = ("cGEC", "dAFD", "eBGE", "fcAF", "gdBG", "aecA")
"""Triads in four voices, the highest first, each an octave or two lower than it is written."""
LOWER = ("", "", ",", ",,")


def chorale(seed):
    """Return four bars of triads in four voices, in ABC."""
    drawn = random.Random(seed)
    bars = [[drawn.choice(CHORDS) for _ in range(4)] for _ in range(4)]
    voices = (
        f"[V:{voice + 1}] " + " | ".join(" ".join(chord[voice] + low for chord in bar) for bar in bars) + " |]"
        for voice, low in enumerate(LOWER)
    )
    return "\n".join([f"X:1\nT:Chorale {seed}\nM:4/4\nL:1/4", *(f"V:{n}" for n in range(1, 5)), "K:C", *voices, ""])


@pytest.fixture(scope="session")
def trained_pieces(tmp_path_factory):
    run = Trained(tmp_path_factory.mktemp("pieces"))
    (run.folder / "chorales").mkdir()
    for seed in range(40):
        (run.folder / f"chorales/{seed}.abc").write_text(chorale(seed))
    dataset = "--dataset=scores:path=chorales,bars=2,step=quarter,held_out=0.4"
    small = [
        "--generator=chorus:width=16",
        "--discriminator=chorus:width=16",
        "--batch=8",
        "--set=training.snapshots=1",
    ]
    run.artgan("run", dataset, *small, "--steps=2", "--evaluate-every=2", "--name=first", "--quiet")
    return run
