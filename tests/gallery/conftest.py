"""A small gallery whose generators live, the page of a run that trains, and a browser."""

import shutil
from dataclasses import replace

import pytest
from support.browser import Browser
from support.live_pages import DIRECTIONS
from support.training_pages import advance

from artgan.artworks.places import RunFolder
from artgan.gallery.build import RunRecord, hang
from artgan.gallery.front_page import build_index
from artgan.gallery.training_page import TrainingPage
from artgan.interfaces import Spec


@pytest.fixture(scope="session")
def lively(make_model, registry, tmp_path_factory):
    """A gallery of two runs, each with sliders of two directions, that tests may look at."""
    root = tmp_path_factory.mktemp("lively")
    model = replace(make_model(shape=(3, 32, 32)), directions=DIRECTIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTGAN_LIVE", "1")
        for name in ("brush", "ink"):
            record = RunRecord(name, title=name.title(), command="artgan run", device="CPU", parameters={}, log=[])
            hang(record, model, gallery=root, snapshots={}, seeds=range(3))
    build_index(root, registry)
    return root


@pytest.fixture
def gallery(lively, tmp_path):
    """A copy of it."""
    return shutil.copytree(lively, tmp_path / "gallery")


@pytest.fixture
def training_page(model, registry, tmp_path):
    """The page of the run ``ink`` while it trains, which hangs in a gallery."""
    run = RunFolder(tmp_path / "runs/ink")
    run.path.mkdir(parents=True)
    run.recipe.write_text("")
    model.modality.write_sheet(run.hung / "timelapse/step-00000100.webp", model.render(range(16)), columns=8)
    made = TrainingPage(
        run=run,
        title="Ink <b>",
        spec=Spec("image", (1, 8, 8)),
        modality=model.modality,
        choices=["loss bce: the best that was measured for pictures"] * 30,
        command="artgan run ink",
        again="artgan run --resume runs/ink",
    )
    made.write(advance(run))
    build_index(run.gallery, registry)
    return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("downloads"))
    yield opened
    opened.close()
