"""The bundled datasets, and what all of the built-in ones promise."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from artgan import UsageError
from artgan.builtin.dataset import DATASETS, Calligraphy, FashionMnist, Folder, Tiles
from artgan.interfaces import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("cache"))


def test_declaring_the_datasets_imports_nothing_heavy():
    code = (
        "import sys, artgan.builtin.dataset as d; [c.configure({}) for c in d.DATASETS]; "
        "assert not {'torch', 'numpy', 'PIL'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_each_is_a_frozen_declaration_that_says_what_it_is(dataset):
    assert dataset.summary().endswith(".")
    assert dataset.modality in {"image", "text"}
    assert all(option.info.help for option in dataset.options().values())
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.configure({}).path = "elsewhere"


def test_calligraphy_is_2965_grey_kanji_dark_on_white(workspace):
    data = Calligraphy().open(workspace)
    assert (data.samples.shape, data.samples.dtype) == ((2965, 1, 64, 64), np.uint8)
    assert data.spec.shape == (1, 64, 64)
    assert data.labels is None
    assert data.licence == "public domain"
    assert not data.left_out
    assert data.samples[:, 0, 0, 0].mean() > 240 > data.samples.mean()


def test_calligraphy_is_shrunk_on_demand(workspace):
    small, large = Calligraphy(size=16).open(workspace), Calligraphy().open(workspace)
    assert small.samples.shape == (2965, 1, 16, 16)
    assert small.fingerprint != large.fingerprint
    assert small.samples.mean() == pytest.approx(large.samples.mean(), abs=3)


def test_tiles_have_their_folders_as_classes_and_a_dark_background(workspace):
    data = Tiles().open(workspace)
    assert data.samples.shape == (2246, 3, 32, 32)
    assert data.spec.classes == ("item", "mon", "spell")
    assert np.bincount(data.labels).tolist() == [963, 965, 318]
    assert data.licence == "CC0 1.0"
    corners = data.samples[:, :, 0, 0]
    assert (corners == [0x14, 0x12, 0x18]).all(axis=1).mean() > 0.5


def test_tiles_can_be_a_part_and_keep_their_transparency(workspace):
    data = Tiles(part="spell", alpha=True).open(workspace)
    assert data.samples.shape == (318, 4, 32, 32)
    assert data.labels is None
    assert data.spec.classes == ()
    clear = data.samples[:, 3] == 0
    assert clear.any()
    hidden = np.moveaxis(data.samples[:, :3], 1, 3)[clear]
    assert (hidden == [0x14, 0x12, 0x18]).all()


def test_each_bundled_file_has_its_licence_beside_it():
    import artgan.builtin.dataset as package

    folder = Path(package.__file__).parent / "data"
    bundled = sorted(folder.glob("*.zip"))
    assert len(bundled) == 2
    assert all("Licence:" in path.with_suffix(".LICENCE.txt").read_text(encoding="utf-8") for path in bundled)


def test_the_second_opening_is_memory_mapped_from_the_cache(workspace):
    told = []
    Tiles(part="mon").open(workspace)
    again = Tiles(part="mon").open(Workspace(workspace.cache, lambda *news: told.append(news)))
    assert isinstance(again.samples, np.memmap)
    assert not again.samples.flags.writeable
    assert {what for what, _, _ in told} == {"reading pictures"}


def test_fashion_mnist_that_is_not_there_says_how_to_get_it(workspace, tmp_path):
    with pytest.raises(UsageError, match="apt install dataset-fashion-mnist"):
        FashionMnist(path=str(tmp_path / "none")).open(workspace)


@pytest.mark.parametrize(
    ("dataset", "options", "said"),
    [
        (Tiles, {"background": "no colour"}, "no colour"),
        (Tiles, {"part": "monster"}, "part"),
        (Calligraphy, {"size": 7}, "8 to 64"),
        (Folder, {"size": "big"}, "HEIGHTxWIDTH"),
        (Folder, {"size": "64x"}, "HEIGHTxWIDTH"),
        (Folder, {"size": "4x64"}, "8 to 1024"),
        (Folder, {"size": "-64"}, "HEIGHTxWIDTH"),
        (Folder, {"channels": "5"}, "RGBA"),
        (Folder, {"fit": "cover"}, "fit"),
        (Folder, {"background": "#12"}, "rrggbb"),
    ],
)
def test_nonsense_is_refused_before_anything_is_read(dataset, options, said):
    with pytest.raises(UsageError, match=said):
        dataset.configure(options)
