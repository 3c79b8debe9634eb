"""Under what terms a user's own samples are is as the user says, and stands in the works."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from artgan.builtin.dataset.array import Array
from artgan.builtin.dataset.folder import Folder
from artgan.builtin.dataset.idx import Idx
from artgan.builtin.dataset.texts import Lines
from artgan.interfaces import Workspace


@pytest.fixture
def made(tmp_path):
    """Return a place with samples for each of the datasets that a user fills."""
    pictures = np.random.default_rng(1).integers(0, 256, (8, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "array.npy", pictures)
    (tmp_path / "folder").mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / f"folder/{number}.png")
    (tmp_path / "lines.txt").write_text("a red sky\na blue lake\na green hill\n" * 4, encoding="utf-8")
    header = np.array([0x803, 8, 8, 8], ">u4").tobytes()
    (tmp_path / "train-images-idx3-ubyte").write_bytes(header + pictures.tobytes())
    return tmp_path


OWN = {Array: "array.npy", Folder: "folder", Lines: "lines.txt", Idx: "train-images-idx3-ubyte"}


@pytest.mark.parametrize(("dataset", "name"), OWN.items(), ids=lambda item: getattr(item, "name", None))
@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("CC0 1.0", "CC0 1.0"),
        ("", "not stated"),
        (" by me,\n all rights \x1b reserved ", "by me, all rights � reserved"),
    ],
)
def test_the_licence_is_what_the_user_says(made, dataset, name, said, stands):
    data = dataset(path=str(made / name), licence=said).open(Workspace(cache=made / "cache"))
    assert data.licence == stands


@pytest.mark.parametrize(("dataset", "name"), OWN.items(), ids=lambda item: getattr(item, "name", None))
def test_nothing_is_stated_of_what_is_not_known(made, dataset, name):
    assert dataset(path=str(made / name)).open(Workspace(cache=made / "cache")).licence == "not stated"


def test_a_recipe_takes_it(artgan, made):
    told = artgan("run", made / "folder", "--set", "dataset.licence=CC0 1.0", "--steps", 1, "--dry-run")
    assert told.code == 0, told.err
    assert 'licence = "CC0 1.0"' in told.out
