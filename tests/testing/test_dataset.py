"""Each fault of a dataset is found."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from support.faulty import faults, told

from artgan.errors import ArtganError
from artgan.interfaces import Choice, Data, Dataset, LeftOut, Spec
from artgan.interfaces.component import option
from artgan.testing import check_dataset

DATA = Data(
    spec=Spec("image", (1, 8, 6), ("even", "odd")),
    samples=np.random.default_rng(0).integers(0, 256, (20, 1, 8, 6), dtype=np.uint8),
    labels=np.arange(20, dtype=np.int64) % 2,
    fingerprint="0123456789abcdef" * 4,
    title="Noise",
    licence="CC0-1.0",
    source="made by its test",
)


def dataset_of(data=None, opening=None, recognises=None):
    @dataclass(frozen=True)
    class Made(Dataset):
        """A dataset."""

        name = "made"
        modality = "image"

        @classmethod
        def recognises(cls, path):
            return recognises(path) if recognises else False

        def open(self, workspace):
            return opening(workspace) if opening else data

    return Made


def write_here(workspace):
    Path("index.txt").write_text("index")
    return DATA


def draw(workspace):
    return replace(DATA, samples=np.random.default_rng().integers(0, 256, DATA.samples.shape, dtype=np.uint8))


def name_anew(workspace):
    return replace(DATA, fingerprint=f"{random.getrandbits(256):064x}")


def depend_on_cache(workspace):
    workspace.cache.mkdir(parents=True, exist_ok=True)
    seen = workspace.cache / "seen"
    data = replace(DATA, title="Noise", labels=DATA.labels[::-1].copy()) if seen.exists() else DATA
    seen.touch()
    return data


def crash(workspace):
    raise KeyError("index")


@dataclass(frozen=True)
class Pathless(Dataset):
    """A dataset that needs a path and says so."""

    name = "pathless"
    modality = "image"
    path: str = option("", "a file")

    def open(self, workspace):
        raise ArtganError("give it a path")


@dataclass(frozen=True)
class Tripping(Pathless):
    """A dataset that needs a path and trips without."""

    name = "tripping"

    def open(self, workspace):
        return Path(self.path).read_bytes()


@dataclass(frozen=True)
class Wavering(Dataset):
    """A dataset that decides how many samples there are, again and again."""

    name = "wavering"
    modality = "image"
    count: int = option(0, "samples; 0: all")

    def choose(self, workspace):
        return Choice({"dataset": {"count": self.count + 10}}, "more are better")

    def open(self, workspace):
        return DATA


@dataclass(frozen=True)
class Greedy(Wavering):
    """A dataset that decides what is not its own."""

    name = "greedy"

    def choose(self, workspace):
        return Choice({"training": {"steps": 10}}, "it is enough")


@dataclass(frozen=True)
class Mistyped(Wavering):
    """A dataset that decides an option that it lacks."""

    name = "mistyped"

    def choose(self, workspace):
        return Choice({"dataset": {"number": 10}}, "it is enough")


@dataclass(frozen=True)
class Settled(Wavering):
    """A dataset that decides how many samples there are, once."""

    name = "settled"

    def choose(self, workspace):
        return None if self.count else Choice({"dataset": {"count": 20}}, "all there are")


@dataclass(frozen=True)
class Growing(Settled):
    """A dataset that takes more of an hour than it already has."""

    name = "growing"

    def choose_for(self, survey, machine, minutes):
        return Choice({"dataset": {"count": survey.count + int(minutes)}}, "there is time")


def test_a_right_dataset_conforms():
    check_dataset(dataset_of(DATA))
    check_dataset(Settled)
    check_dataset(Pathless)


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (dataset_of(replace(DATA, samples=DATA.samples / 255)), "keep pictures as uint8 (N, C, H, W)"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, shape=(1, 6, 8)))), "the spec says (1, 6, 8)"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, modality="text"))), "its spec says text"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, classes=()))), "give both or neither"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, classes=("a", "a")))), "have the same name"),
        (dataset_of(replace(DATA, labels=DATA.labels + 1)), "labels run from 1 to 2"),
        (dataset_of(replace(DATA, labels=DATA.labels.astype(np.int32))), "labels are int32"),
        (dataset_of(replace(DATA, samples=DATA.samples[:0])), "there are no samples"),
        (dataset_of(replace(DATA, licence="")), "its licence is empty"),
        (dataset_of(replace(DATA, source="/home/somebody/pictures")), "its source holds a path"),
        (dataset_of(replace(DATA, left_out=(LeftOut("/home/somebody/a.png", "small"),))), "left_out holds absolute"),
        (dataset_of(replace(DATA, notes=("two\nlines",))), "notes hold absolute paths, line breaks"),
        (dataset_of(replace(DATA, fingerprint="new")), "is no SHA-256"),
        (dataset_of(opening=name_anew), "it has another fingerprint"),
        (dataset_of(opening=draw), "it has other samples, labels or spec"),
        (dataset_of(opening=depend_on_cache), "opened a second time, it has other samples"),
        (dataset_of(opening=write_here), "writes index.txt into the current folder"),
        (dataset_of(opening=crash), "open() raised KeyError"),
        (dataset_of([1, 2]), "open() returned list"),
        (dataset_of(DATA, recognises=lambda path: True), "takes a strange file for its own"),
        (dataset_of(DATA, recognises=lambda path: path.name), "return a share of 0 to 1, or true or false"),
        (dataset_of(DATA, recognises=lambda path: 2.0), "returned 2.0: return a share"),
        (dataset_of(DATA, recognises=lambda path: path.read_text() == ""), "recognises() of an empty folder raised"),
        (Growing, "choose_for() decides something anew once all is decided"),
        (Wavering, "choose() decides something anew once all is decided"),
        (Greedy, "gives no table dataset alone"),
        (Mistyped, "has no option 'number'"),
        (Tripping, "open() raised IsADirectoryError"),
    ],
)
def test_a_fault_of_a_dataset_is_found(made, phrase, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one of them leaves a file behind
    found = faults(check_dataset, made)
    assert told(found, phrase), found
