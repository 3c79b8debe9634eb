"""What dies while it saves; run in processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import torch

from artgan.training.checkpoint import save_checkpoint

KEEP = 2


def save(folder: Path, step: int) -> None:
    """Save a checkpoint whose tensors and state agree on the step."""
    save_checkpoint(
        folder,
        tensors={"weight": torch.full((200_000,), float(step))},
        state={"step": step},
        save_model=lambda path: path.write_bytes(bytes([step % 256]) * 10_000),
        keep=KEEP,
    )


def save_forever(folder: Path, first: int) -> None:
    """Save checkpoint after checkpoint."""
    while True:
        save(folder, first)
        first += 1


def die_after_the_rename(folder: Path, step: int) -> None:
    """Save, and die as soon as the checkpoint has its name."""
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        rename(path, target)
        if path.name.startswith(".writing"):
            os.kill(os.getpid(), signal.SIGKILL)
        return target

    Path.rename = renamed  # type: ignore[assignment]
    save(folder, step)


def die_while_old_ones_are_removed(folder: Path, step: int) -> None:
    """Save, and die with an old checkpoint half removed."""

    def remove(path: Path, ignore_errors: bool = False) -> None:
        if path.exists():
            next(path.iterdir()).unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    shutil.rmtree = remove  # type: ignore[assignment]
    save(folder, step)
