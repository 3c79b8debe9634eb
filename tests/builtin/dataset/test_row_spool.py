"""What is held out of texts is read along with what is trained on."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from artgan.builtin.dataset import Lines
from artgan.builtin.dataset.row_spool import RowSpool
from artgan.interfaces import LeftOut, Workspace

READING = "reading text, in MB"


def test_texts_are_read_twice_to_be_counted_and_to_be_written(tmp_path):
    path, told = tmp_path / "lines.txt", list[str]()
    path.write_text("\n".join(f"{number} sheep" for number in range(100)), encoding="utf-8")
    cache = tmp_path / "cache"
    lines = Lines(path=str(path), tokeniser="char")

    def reads() -> int:
        told.clear()
        lines.open(Workspace(cache, lambda what, done, total: told.append(what)))
        return told.count(READING)

    assert reads() == 2
    assert reads() == 0


@pytest.mark.parametrize("part", ["train", "held out"])
def test_a_part_that_is_gone_is_read_again_and_is_the_same(tmp_path, part):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"{number} sheep" for number in range(100)), encoding="utf-8")
    cache, lines = tmp_path / "cache", Lines(path=str(path), tokeniser="char", rarest=2)
    first = lines.open(Workspace(cache))
    train, held_out = np.array(first.samples), np.array(first.held_out)
    entries = {len(np.load(entry / "samples.npy")): entry for entry in (cache / "samples").iterdir()}
    shutil.rmtree(entries[len(train if part == "train" else held_out)])

    again = lines.open(Workspace(cache))
    assert np.array_equal(train, again.samples)
    assert np.array_equal(held_out, again.held_out)
    assert first.left_out == again.left_out
    assert len(held_out) > 1


def test_rows_come_back_as_they_went_in_and_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.row_spool.ROWS", 3)
    rows = np.arange(28, dtype=np.uint16).reshape(7, 4)
    with RowSpool(tmp_path) as spool:
        for row in rows:
            spool.add(row)
        spool.finish([LeftOut("line 1", "a reason")], none=False)
        assert np.array_equal(np.concatenate(list(spool.chunks())), rows)
        assert spool.left_out[0].name == "line 1"
        spool.finish([], none=True)
        assert list(spool.chunks()) == []
    assert list(tmp_path.iterdir()) == []
