"""The tunes in the gallery that comes with the project are what their seeds make, on pages as they are written now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from artgan.gallery.build import Rebuilt, rebuild
from artgan.gallery.run_record import read_run
from artgan.plugins.loader import load_plugins

GALLERY = Path(__file__).parents[3] / "gallery"
TUNES = GALLERY / "tunes"
pytestmark = pytest.mark.skipif(not TUNES.is_dir(), reason="not beside artgan's own gallery")


@pytest.mark.parametrize("number", [0, 9])
def test_a_tune_is_what_its_seed_makes(trained, number):
    work = read_run(TUNES)["works"][number]
    said = trained.artgan("remake", str(TUNES / "works" / work["file"]))
    assert said.endswith("is identical to the last event\n")


def test_no_page_is_older_than_what_writes_them(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGAN_LOAD_PLUGINS", "artgan-music")
    shutil.copytree(TUNES, tmp_path / "tunes")
    assert rebuild(tmp_path, load_plugins().registry) == Rebuilt((), ())
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != tmp_path / "index.html"]
    assert tmp_path / "assets/music/abcjs.js" in written
    for path in written:
        assert (GALLERY / path.relative_to(tmp_path)).read_bytes() == path.read_bytes(), path
