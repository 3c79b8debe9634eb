"""Texts in .parquet and .tar files are learned as those of other tables are."""

import json

import numpy as np
import pytest
from support.archives import cells, parquet, picture, tar

from artgan.builtin.dataset import Lines
from artgan.interfaces import Workspace

POEMS = ["the old pond", "a frog jumps in", "the sound, of water"]


def texts_of(path, registry, workspace, **options):
    data = Lines.configure({"path": str(path), "held_out": 0, **options}).open(workspace)
    return list(registry.modality(data.spec).for_metrics(np.asarray(data.samples))), data


@pytest.mark.parametrize(
    "columns",
    [
        {"id": [1, 2, 3], "text": POEMS},
        {"id": ["q1", "q2", "q3"], "lines": [poem.split(" ") for poem in POEMS]},
    ],
)
def test_the_column_of_the_texts_is_found_in_a_table(tmp_path, workspace, registry, columns):
    pytest.importorskip("pyarrow", reason="artgan[parquet] is not installed")
    path = parquet(tmp_path / "poems.parquet", columns)
    texts, data = texts_of(path, registry, workspace)
    assert [text.replace("\n", " ") for text in texts] == POEMS
    assert any(f"column {list(columns)[1]!r}" in note for note in data.notes)
    assert registry.recognise(path).name == "lines"


def test_captions_beside_pictures_are_learned_where_they_are_asked_for(tmp_path, workspace, registry):
    pytest.importorskip("pyarrow", reason="artgan[parquet] is not installed")
    columns = {"image": cells([picture(level) for level in (1, 2, 3)]), "caption": POEMS}
    path = parquet(tmp_path / "prints.parquet", columns, {"image": {"_type": "Image"}})
    assert registry.recognise(path).name == "folder"
    assert texts_of(path, registry, workspace, column="caption")[0] == POEMS


def test_what_has_one_name_in_an_archive_is_a_row(tmp_path, workspace, registry):
    members = {}
    for number, poem in enumerate(POEMS):
        members[f"{number}.txt"] = poem.encode()
        members[f"{number}.json"] = json.dumps({"author": "Anon", "n": number, "title": poem[::-1]}).encode()
    path = tar(tmp_path / "poems.tar", members)
    assert registry.recognise(path).name == "lines"
    assert texts_of(path, registry, workspace, column="txt")[0] == POEMS
    assert texts_of(path, registry, workspace, column="title")[0] == [poem[::-1] for poem in POEMS]


def test_texts_that_cannot_be_used_are_named(tmp_path, registry):
    members = {"0.txt": POEMS[0].encode(), "1.txt": b"\xff\xfe", "2.txt": POEMS[1].encode(), "3.txt": b"x" * 2**19}
    _, data = texts_of(tar(tmp_path / "poems.tar", members), registry, Workspace(tmp_path / "cache"))
    assert len(data) == 2
    assert [(item.name, item.reason.partition(" ")[0]) for item in data.left_out] == [
        ("poems.tar, 1", "is"),
        ("poems.tar, 3", "is"),
    ]
