"""Tells the classes of pictures: by the folders they lie in, or by the labels of a file beside them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from artgan import parse_json, printable

from .picture_list import LABELS, Pictures, UnreadableError

MAX_LABELS = 2**23
"""Bytes of the largest file of labels that is read, enough for 250,000 pictures."""
MAX_CLASSES = 65_536
PARTS = frozenset({"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval"})
"""What folders are called that hold parts of one set, in lower case."""


Kind = TypeVar("Kind", str, int)


@dataclass(frozen=True)
class Classes:
    """The classes of some pictures.

    Attributes:
        names: what they are called; none where there are no two.
        labels: the class of each picture, (N,), or None.
        notes: what a person might not expect of them, a line each.
    """

    names: tuple[str, ...] = ()
    labels: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classifier:
    """What classes go by.

    Attributes:
        given: the labels that a file or the place itself gives, by name; None where neither does.
        notes: what is wrong with it.
        key: tells what decides the classes besides the names of pictures; nothing where nothing does.
        source: what gives the labels.
    """

    given: Mapping[str, int | str] | None = None
    notes: tuple[str, ...] = ()
    key: str = ""
    source: str = LABELS

    @classmethod
    def of(cls, pictures: Pictures) -> Classifier:
        """Return what the classes of a place go by, from its file of labels where it has one."""
        if pictures.kinds:
            return cls._by_kinds(pictures)
        if pictures.labels is None:
            return cls(key="parts" if _in_parts([item.name for item in pictures.items]) else "")
        try:
            content = pictures.read(pictures.labels)
            given = _read(content, pictures)
        except (UnreadableError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, UnreadableError) else "not as the tool of StyleGAN2-ADA writes it"
            return cls(notes=(f"the labels in {printable(pictures.labels.name)} are not used: {reason}",))
        return cls(given, key=f"labels {sha256(content).hexdigest()}")

    @classmethod
    def _by_kinds(cls, pictures: Pictures) -> Classifier:
        given = {name.removeprefix(pictures.shared): kind for name, kind in pictures.kinds.items()}
        if len(set(given.values())) > MAX_CLASSES:
            return cls({}, notes=(f"no classes: {pictures.kinds_from} are more than {MAX_CLASSES:,} different ones",))
        digest = sha256(json.dumps(sorted(given.items()), ensure_ascii=True).encode()).hexdigest()
        return cls(given, key=f"kinds {digest}", source=pictures.kinds_from)

    def classify(self, names: Sequence[str]) -> Classes:
        """Return the classes of pictures, by the labels given or else by folders.

        These are classes where all pictures lie in two of them or more; those that hold parts of a set are none, but
        folders in them may be.
        """
        if self.given is not None:
            return self._by_labels(names)
        if in_parts := _in_parts(names):
            names = [name.partition("/")[2] for name in names]
        folders = [name.partition("/")[0] if "/" in name else "" for name in names]
        notes = (*self.notes, *_notes_on_parts(in_parts), *_notes_on_loose(names, folders))
        return Classes(notes=notes) if "" in folders else _classes(folders, notes)

    def _by_labels(self, names: Sequence[str]) -> Classes:
        assert self.given is not None
        if not self.given:
            return Classes(notes=self.notes)
        bare = [name for name in names if name not in self.given]
        if bare:
            pictures = "1 picture has" if len(bare) == 1 else f"{len(bare):,} pictures have"
            lack = f"no classes: {pictures} no label in {self.source}; the first: {printable(bare[0])}"
            return Classes(notes=(*self.notes, lack))
        told = f"the classes are the labels in {self.source}"
        kinds = [self.given[name] for name in names]
        numbers = [kind for kind in kinds if isinstance(kind, int)]
        if len(numbers) == len(kinds):
            return _classes(numbers, (*self.notes, told))
        return _classes([str(kind) for kind in kinds], (*self.notes, told))


def _classes(kinds: Sequence[Kind], notes: tuple[str, ...]) -> Classes:
    known = sorted(set(kinds))
    if len(known) < 2:
        return Classes(notes=notes)
    index = {kind: number for number, kind in enumerate(known)}
    labels = np.array([index[kind] for kind in kinds], np.int64)
    return Classes(tuple(printable(str(kind)) for kind in known), labels, notes)


def _in_parts(names: Sequence[str]) -> list[str]:
    """Return the folders that hold all pictures, if they are two parts of a set or more."""
    tops = sorted({name.partition("/")[0] if "/" in name else "" for name in names})
    return tops if len(tops) > 1 and all(top.lower() in PARTS for top in tops) else []


def _notes_on_parts(parts: Sequence[str]) -> tuple[str, ...]:
    if not parts:
        return ()
    return (
        f"{' and '.join(parts)} are parts of one set, not classes, and all are used: give one folder alone for less",
    )


def _notes_on_loose(names: Sequence[str], folders: Sequence[str]) -> tuple[str, ...]:
    loose = [name for name, folder in zip(names, folders, strict=True) if not folder]
    among = len(set(folders) - {""})
    if not loose or among < 2:
        return ()
    lie = "lies" if len(loose) == 1 else "lie"
    beside = f"{len(loose):,} of the pictures {lie} beside {among:,} folders, which are no classes therefore"
    return (f"{beside}: move them into folders, or take them out; the first: {printable(loose[0])}",)


def _read(content: bytes, pictures: Pictures) -> dict[str, int]:
    """Return the labels of a file by the names of the pictures; none where it says that there are none.

    Raises:
        ValueError: if it is not what the tool writes: ``{"labels": [["00000/img00000000.png", 6], ...]}``, or null.
    """
    if len(content) > MAX_LABELS:
        raise UnreadableError(f"it is larger than {MAX_LABELS >> 20} MB")
    rows = parse_json(content.decode("utf-8-sig"))
    rows = rows["labels"] if isinstance(rows, dict) and "labels" in rows else ""
    if rows is None:
        return {}
    if not isinstance(rows, list):
        raise ValueError(rows)

    given: dict[str, int] = {}
    assert pictures.labels
    folder = pictures.labels.name.rpartition("/")[0]
    for row in rows:
        name, label = row if isinstance(row, list) and len(row) == 2 else ("", None)
        if not isinstance(name, str) or type(label) is not int or not 0 <= label < MAX_CLASSES:
            raise ValueError(row)
        full = unicodedata.normalize("NFC", f"{folder}/{name}" if folder else name)
        given[full.removeprefix(pictures.shared)] = label
    return given
