"""Strips on a run's page show works from one end of each direction to the other."""

from __future__ import annotations

import html
import json
from dataclasses import replace

import numpy as np
import pytest

from artgan.artworks.direction import Direction
from artgan.errors import ArtganError
from artgan.gallery.build import RunRecord, hang
from artgan.gallery.run_record import read_run
from artgan.gallery.strips import hang_directions, strip

AXES = np.eye(8).tolist()
FOUND = (Direction(tuple(AXES[0]), 4.0, "weight"), Direction(tuple(AXES[1]), 3.0))


@pytest.fixture
def directed(model):
    return replace(model, directions=FOUND)


@pytest.fixture
def folder(model, tmp_path):
    record = RunRecord("brush", title="Brush", command="artgan run", device="CPU", parameters={}, log=[])
    return hang(record, model, gallery=tmp_path / "gallery", snapshots={}, seeds=range(3)).parent


def test_have_the_work_itself_in_the_middle(directed):
    works = strip(directed, FOUND[0], [3, 8], truncation=0.5)
    assert len(works) == 2 * 7
    assert np.array_equal(works[[3, 10]], directed.render([3, 8], truncation=0.5))
    latent = directed.origin(3, truncation=0.5).latent(8)
    assert np.array_equal(works[0], directed.render_latent(latent - 3 * np.array(AXES[0]), seed=3))
    assert np.array_equal(works[6], directed.render_latent(latent + 3 * np.array(AXES[0]), seed=3))


def test_stand_on_the_page_with_their_names(folder, directed):
    page = hang_directions(folder, directed).read_text(encoding="utf-8")
    assert [page.count(f'src="directions/direction-{number}.webp"') for number in (1, 2, 3)] == [1, 1, 0]
    assert "<bdi>weight</bdi>" in page
    assert "<bdi>Direction 2</bdi>" in page


def test_that_are_no_longer_there_go(folder, directed):
    hang_directions(folder, directed)
    page = hang_directions(folder, replace(directed, directions=FOUND[:1])).read_text(encoding="utf-8")
    assert [path.name for path in (folder / "directions").iterdir()] == ["direction-1.webp"]
    assert "direction-2" not in page


def test_of_a_strangers_record_are_shown_as_text_or_refused(folder, directed):
    hang_directions(folder, directed)
    run = read_run(folder)
    run["directions"][0]["name"] = "<script>"
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    page = hang_directions(folder, directed).read_text(encoding="utf-8")
    assert "<script>" not in html.unescape(page).replace("<script src", "")
    run["directions"][0]["file"] = "../elsewhere.webp"
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    with pytest.raises(ArtganError, match=r"directions\[0\]\.file"):
        read_run(folder)
