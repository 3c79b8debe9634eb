"""Folders of plain pictures, opened as the dataset `folder`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from artgan.builtin.dataset import Folder
from artgan.interfaces import Data, Workspace


def paint(
    path: Path, size: tuple[int, int] = (64, 64), colour: Any = "#c04020", mode: str = "RGB", **saving: Any
) -> Path:
    """Save a picture of one colour, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).convert(mode).save(path, **saving)
    return path


def open_folder(path: Path | str, workspace: Workspace, **options: Any) -> Data:
    """Open a folder or zip with options of the dataset."""
    return Folder.configure({"path": str(path), **options}).open(workspace)


def reasons(data: Data) -> dict[str, str]:
    """Return what is left out, and why."""
    return {item.name: item.reason for item in data.left_out}
