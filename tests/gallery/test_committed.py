"""The gallery that comes with the project is light, whole, and what its seeds make."""

import re
import shutil
from pathlib import Path

import pytest

from artgan.gallery.build import Rebuilt, rebuild
from artgan.gallery.live import is_data
from artgan.gallery.page_writer import HERE
from artgan.gallery.run_record import read_run
from artgan.plugins.loader import installed, load
from artgan.plugins.registry import OWN

GALLERY = Path(__file__).parents[2] / "gallery"
RUNS = [GALLERY / name for name in ("calligraphy", "poems", "portraits", "tiles")]
"""Others may hang there too: whoever runs artgan in a clone makes them."""

TUNES = GALLERY / "tunes"
"""A run of artgan-music, which need not be there: what only that can tell is tested beside it."""

KB, MB = 1_000, 1_000_000


@pytest.fixture
def built_in():
    return load(plugin for plugin in installed() if plugin.source.distribution == OWN).registry


def weight(*paths):
    return sum(path.stat().st_size for path in paths)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_shows_pictures_and_poems():
    assert {read_run(folder)["modality"] for folder in RUNS} == {"image", "text"}


def test_shows_tunes_of_seeds_in_a_row_which_nobody_chose():
    tunes = read_run(TUNES)
    assert tunes["modality"] == "music"
    assert [work["seed"] for work in tunes["works"]] == list(range(48))
    assert is_data(TUNES / "live.js")
    for work in tunes["works"]:
        assert {(TUNES / "works" / work["file"]).with_suffix(ending).is_file() for ending in (".abc", ".svg")} == {True}


def test_keeps_to_its_budgets():
    assets = [GALLERY / "assets" / name for name in ("style.css", "gallery.js", "live.js")]  # of every run's page
    wanted_by_some = [path for path in (HERE / "assets").iterdir() if path.name not in {asset.name for asset in assets}]
    assert weight(GALLERY / "index.html") <= 60 * KB
    assert weight(*assets) <= 40 * KB
    assert weight(*wanted_by_some) <= 20 * KB
    assert weight(GALLERY / "assets/runtime.js") <= 5 * MB
    hung = [*RUNS, TUNES]
    together = [GALLERY / "index.html", *files(GALLERY / "assets"), *(path for run in hung for path in files(run))]
    assert weight(*together) <= 40 * MB
    for folder in hung:
        assert weight(*files(folder)) <= 25 * MB
        seen_first = [folder / "index.html", *assets, *folder.glob("works/*.png")]
        assert weight(*seen_first) <= MB, folder.name
        images = re.findall("<img [^>]*>", (folder / "index.html").read_text(encoding="utf-8"))
        assert all('loading="lazy"' in image for image in images)  # what is further down comes when it is scrolled to


@pytest.mark.parametrize("folder", RUNS, ids=lambda folder: folder.name)
def test_every_run_is_live_and_its_works_are_what_their_seeds_make(folder, artgan):
    run = read_run(folder)
    assert run["still"] == ""
    assert is_data(folder / "live.js")
    for work in (run["works"][0], run["works"][-1]):
        assert artgan("remake", folder / "works" / work["file"]).code == 0


def test_has_no_page_that_is_older_than_what_writes_them(built_in, tmp_path):
    for folder in RUNS:
        shutil.copytree(folder, tmp_path / folder.name)
    assert rebuild(tmp_path, built_in) == Rebuilt((), ())
    for path in files(tmp_path):
        if path.name != "index.html" or path.parent != tmp_path:
            assert (GALLERY / path.relative_to(tmp_path)).read_bytes() == path.read_bytes(), path
    for folder in (*RUNS, TUNES):
        assert f'href="{folder.name}/index.html"' in (GALLERY / "index.html").read_text(encoding="utf-8")


def test_shows_pictures_of_128_pixels_whose_data_may_be_shown_to_anybody():
    for name, licence in (("calligraphy", "public domain"), ("portraits", "CC0 1.0")):
        folder = GALLERY / name
        run = read_run(folder)
        assert run["shape"][1:] == [128, 128]
        assert run["dataset"]["licence"].startswith(licence)
        assert is_data(folder / "live.js")


def test_where_the_music_plugin_is_not_there_the_tunes_hang_as_they_hung(built_in, tmp_path):
    shutil.copytree(TUNES, tmp_path / "tunes")
    (kept,) = rebuild(tmp_path, built_in).kept
    assert kept.name == "tunes"
    assert kept.reason.endswith("artgan install artgan-music")
    for path in files(TUNES):
        assert (tmp_path / path.relative_to(GALLERY)).read_bytes() == path.read_bytes(), path
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="tunes/index.html"' in page
    assert 'src="tunes/cover.svg"' in page
