"""Texts are read once: they are counted as they are cut up, and numbered when all were counted."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan import ArtganError
from artgan.builtin.dataset import Lines
from artgan.builtin.dataset.sample_store import SPARE
from artgan.builtin.dataset.text_spool import TextSpool
from artgan.interfaces import Workspace

READING = "reading text, in MB"


def test_texts_are_read_once_to_be_counted_and_to_be_written(tmp_path):
    path, told = tmp_path / "lines.txt", list[str]()
    path.write_text("\n".join(f"{number} sheep" for number in range(100)), encoding="utf-8")
    cache = tmp_path / "cache"
    lines = Lines(path=str(path), tokeniser="char")

    def reads() -> int:
        told.clear()
        lines.open(Workspace(cache, lambda what, done, total: told.append(what)))
        return told.count(READING)

    assert reads() == 1
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


@pytest.mark.parametrize("items", [1, 3, 100])
def test_what_is_read_does_not_depend_on_how_many_items_are_in_memory(tmp_path, monkeypatch, items):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"{number} {'sheep' * (number % 3)}" for number in range(100)), encoding="utf-8")
    lines = Lines(path=str(path), tokeniser="char", rarest=2, held_out=0.5)
    at_once = lines.open(Workspace(tmp_path / "at once"))
    monkeypatch.setattr("artgan.builtin.dataset.text_spool.ITEMS", items)
    in_turns = lines.open(Workspace(tmp_path / "in turns"))

    assert np.array_equal(at_once.samples, in_turns.samples)
    assert np.array_equal(at_once.held_out, in_turns.held_out)
    assert at_once.spec == in_turns.spec


@pytest.mark.parametrize("lines", [100, 2])
def test_the_disk_is_asked_for_as_much_room_as_the_samples_take(tmp_path, monkeypatch, lines):
    path, room = tmp_path / "lines.txt", list[int]()
    path.write_text("\n".join(f"{number} sheep" for number in range(lines)), encoding="utf-8")
    dataset = Lines(path=str(path), tokeniser="char", held_out=0.5)
    data = dataset.open(Workspace(tmp_path / "first"))
    most = max(len(part) for part in (data.samples, data.held_out) if part is not None) * data.samples[0].nbytes

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=SPARE + most - len(room)))
    dataset.open(Workspace(tmp_path / "enough"))
    room.append(1)
    with pytest.raises(ArtganError, match="make room, or set ARTGAN_CACHE"):
        dataset.open(Workspace(tmp_path / "one byte too few"))


@given(cut=st.lists(st.lists(st.text(min_size=1), min_size=1, max_size=9), max_size=20))
def test_items_come_back_as_they_went_in_and_are_counted(cut):
    with tempfile.TemporaryDirectory() as folder:
        with TextSpool(Path(folder)) as spool:
            for number, tokens in enumerate(cut):
                spool.add(f"line {number}", tokens, held_out=number % 2 == 1)
            spool.finish()
            met, back = list(spool.counts), list[tuple[str, list[str], bool]]()
            for items in spool.items():
                numbers = np.split(items.numbers, np.cumsum(items.lengths)[:-1])
                tokens = [[met[number] for number in item] for item in numbers]
                back += zip(items.places, tokens, items.held_out.tolist(), strict=True)

            assert back == [(f"line {number}", tokens, number % 2 == 1) for number, tokens in enumerate(cut)]
            assert spool.counts == Counter(token for tokens in cut for token in tokens)
            assert spool.lengths == Counter(map(len, cut))
            assert spool.held_out == len(cut) // 2
        assert not any(Path(folder).iterdir())
