"""The notebook of first steps is small, marked, and does as it shows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "gallery/first-steps.ipynb"
KB = 1_000


def outputs(notebook):
    return [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_is_small_and_shows_what_each_cell_makes_without_telling_of_whom():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 600 * KB
    assert all(outputs(json.loads(text)))
    assert not [word for word in ("/home/", "/root/", "/tmp/", "/work/", "\\\\Users") if word in text]


@pytest.mark.slow
def test_its_cells_run_one_after_the_other_in_a_real_kernel(tmp_path, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    shutil.copytree(ROOT / "gallery/calligraphy", tmp_path / "gallery/calligraphy")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("steps=60", "steps=2").replace("steps=10", "steps=2")
    shown = [made[-1]["data"].keys() for made in outputs(notebook)]
    place = {"metadata": {"path": str(tmp_path / "gallery")}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    assert [made[-1]["data"].keys() for made in outputs(notebook)] == shown
