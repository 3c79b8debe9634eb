"""The classes of pictures are their folders, or the labels beside them; what is neither is told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from support.prints import open_folder, paint, reasons

from artgan.builtin.dataset import Folder


def test_sub_folders_are_classes_where_all_pictures_lie_in_two_or_more(prints, workspace):
    for name in ("cats/1.png", "cats/old/2.png", "dogs/1.png"):
        paint(prints / name)
    data = open_folder(prints, workspace)
    assert data.spec.classes == ("cats", "dogs")
    assert data.labels.tolist() == [0, 0, 1]


def test_one_loose_picture_makes_sub_folders_no_classes_and_a_line_says_so(prints, workspace):
    for name in ("cats/1.png", "dogs/1.png", "loose.png"):
        paint(prints / name)
    data = open_folder(prints, workspace)
    assert data.spec.classes == ()
    assert len(data.notes) == 1
    assert "1 of the pictures lies beside 2 folders" in data.notes[0]
    assert "the first: loose.png" in data.notes[0]


def test_parts_of_a_set_are_no_classes_but_folders_in_them_are(prints, workspace, tmp_path):
    for name in ("train/1.png", "val/1.png"):
        paint(prints / name)
    data = open_folder(prints, workspace)
    assert data.spec.classes == Folder(path=str(prints)).survey(workspace).classes == ()
    assert data.notes == (
        "train and val are parts of one set, not classes, and all are used: give one folder alone for less",
    )
    for name in ("train/cats/1.png", "val/cats/1.png", "Test/dogs/1.png"):
        paint(tmp_path / "classed" / name)
    data = open_folder(tmp_path / "classed", workspace)
    assert data.spec.classes == Folder(path=str(tmp_path / "classed")).survey(workspace).classes == ("cats", "dogs")
    assert list(zip(data.names, data.labels.tolist(), strict=True)) == [
        ("Test/dogs/1.png", 1),
        ("train/cats/1.png", 0),
        ("val/cats/1.png", 0),
    ]


NAMES = [f"{number // 3:05d}/img{number:08d}.png" for number in range(6)]
"""As the tool of StyleGAN2-ADA names them."""


def labelled(place: Path, labels: object, wrapper="") -> Path:
    """Lay pictures out as the tool of StyleGAN2-ADA does."""
    for name in NAMES:
        paint(place / wrapper / name)
    (place / wrapper / "dataset.json").write_text(json.dumps({"labels": labels}))
    return place


@pytest.mark.parametrize("wrapper", ["", "wrapper/inner"])
@pytest.mark.parametrize("packed", [False, True])
def test_labels_of_the_tool_of_stylegan_are_classes(prints, workspace, tmp_path, wrapper, packed):
    place = labelled(prints, [[name, number % 3 * 2] for number, name in enumerate(NAMES)], wrapper)
    if packed:
        with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
            for path in sorted(prints.rglob("*.*")):
                archive.write(path, path.relative_to(prints))
        place = tmp_path / "packed.zip"
    data = open_folder(place, workspace)
    assert data.spec.classes == Folder(path=str(place)).survey(workspace).classes == ("0", "2", "4")
    assert data.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert data.notes == ("the classes are the labels in dataset.json",)


def test_other_labels_are_other_data(prints, workspace):
    first = open_folder(labelled(prints, [[name, number % 2] for number, name in enumerate(NAMES)]), workspace)
    second = open_folder(labelled(prints, [[name, number // 3] for number, name in enumerate(NAMES)]), workspace)
    assert second.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert second.fingerprint != first.fingerprint


def test_without_labels_the_folders_of_that_tool_are_no_classes(prints, workspace):
    data = open_folder(labelled(prints, None), workspace)
    assert (data.spec.classes, data.notes) == ((), ())


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([[name, 0.5] for name in NAMES], "are not used: not as the tool of StyleGAN2-ADA writes it"),
        ([[NAMES[0], 0], [NAMES[1], 1]], "no classes: 4 pictures have no label in dataset.json"),
        ({"a": 1}, "are not used: not as the tool of StyleGAN2-ADA writes it"),
        ([[[], {}]], "are not used: not as the tool of StyleGAN2-ADA writes it"),
        ([[name, 2**70] for name in NAMES], "are not used: not as the tool of StyleGAN2-ADA writes it"),
    ],
)
def test_labels_that_cannot_be_used_are_told(prints, workspace, labels, said):
    assert any(said in note for note in open_folder(labelled(prints, labels), workspace).notes)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b"[1]", b'{"images": []}'])
def test_a_dataset_json_of_anybody_else_is_told_and_changes_no_classes(prints, workspace, content):
    for name in ("cats/1.png", "dogs/1.png"):
        paint(prints / name)
    before = open_folder(prints, workspace)
    (prints / "dataset.json").write_bytes(content)
    data = open_folder(prints, workspace)
    assert (data.spec.classes, data.fingerprint) == (("cats", "dogs"), before.fingerprint)
    assert data.notes[0].startswith("the labels in dataset.json are not used")


def test_a_class_without_a_usable_picture_is_none(prints, workspace):
    for name in ("cats/1.png", "dogs/1.png"):
        paint(prints / name)
    (prints / "birds").mkdir()
    (prints / "birds" / "1.png").write_bytes(b"")
    data = open_folder(prints, workspace)
    assert data.spec.classes == ("cats", "dogs")
    assert "birds/1.png" in reasons(data)
