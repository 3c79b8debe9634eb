"""Draws folders such as people have: odd names, wrong endings, links, empty files, and all kinds of things mixed."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

Entry = tuple[str, str, str]
"""A folder, a name and what is put there."""

FOLDERS = ["", "", "", "a", "b", "b/c", "train", "val", "00000", ".git", "@eaDir", "__MACOSX", "sp ace", "ünï", "CON"]
STEMS = [
    "1",
    "2",
    "x",
    "img00000001",
    "._x",
    ".x",
    "-x",
    "a b",
    "é",
    "e\u0301",
    "\u202ex",
    "new\nline",
    "q'\"`$",
    "λ" * 60,
]
STEMS += ["README", "LICENSE", "dataset", "Thumbs", "desktop", "~$x", "..x", "#x#", os.fsdecode(b"caf\xe9")]
ENDINGS = [
    ".png",
    ".png",
    ".jpg",
    ".JPG",
    ".tif",
    ".txt",
    ".txt",
    ".md",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".npy",
    ".zip",
]
ENDINGS += ["", ".heic", ".pdf", ".db", ".ini", ".jpg?w=640", ".jpg_large", ".", ".abc", "-images-idx3-ubyte", ".toml"]


def picture(kind: str, mode: str = "RGB", side: int = 12) -> bytes:
    """Return a small picture that no other kind makes."""
    grey = np.linspace(0, 255, side * side).reshape(side, side).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).convert(mode).save(file, kind)
    return file.getvalue()


def deep(dtype: type, high: float) -> bytes:
    """Return a TIFF of levels from 0 on."""
    file = io.BytesIO()
    Image.fromarray((np.linspace(0, high, 144).reshape(12, 12)).astype(dtype)).save(file, "TIFF")
    return file.getvalue()


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/1.png", picture("PNG"))
        archive.writestr("__MACOSX/a/._1.png", b"\0\5\x16\7")
        archive.writestr("b/1.png", picture("PNG", "L"))
    return file.getvalue()


CONTENTS: dict[str, bytes] = {
    "png": picture("PNG"),
    "grey": picture("PNG", "L"),
    "alpha": picture("PNG", "LA"),
    "jpeg": picture("JPEG"),
    "tiny": picture("PNG", side=4),
    "cut": picture("PNG")[:60],
    "twelve bits": deep(np.uint16, 4095),
    "floats": deep(np.float32, 255),
    "minus": deep(np.float32, -3),
    "empty": b"",
    "zeros": bytes(100),
    "html": b"<html>404</html>\n",
    "lines": b"one fish\ntwo fish\nred fish\nblue fish\n",
    "one line": b"only one line",
    "returns": b"one\rtwo\rthree\r",
    "utf16": "one\ntwo\n".encode("utf-16"),
    "latin": b"caf\xe9\nth\xe9\n",
    "nul": b"a\0b\n",
    "table": b"id,text\n1,one fish\n2,two fish\n3,\n",
    "ragged": b'id,text\n1,a,b\n2\n"3,x\n',
    "semicolons": b"1;one\n2;two\n",
    "json": json.dumps([{"text": "one"}, {"text": "two"}, 3]).encode(),
    "json lines": b'{"text": "one"}\n{"text": "two"}\n',
    "labels": json.dumps({"labels": [["00000/img00000001.png", 1], ["1.png", 0]]}).encode(),
    "deep json": b"[" * 3000,
    "array": saved(np.zeros((3, 8, 8), np.uint8)),
    "pickle": b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR.",
    "idx": bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8]) + bytes(range(128)),
    "zip": packed(),
    "toml": b'[dataset]\nname = "tiles"\n',
}
LINKS: dict[str, Callable[[Path], None]] = {
    "link to a file": lambda path: path.symlink_to(__file__),
    "link to a folder": lambda path: path.symlink_to(Path(__file__).parent),
    "link to nowhere": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "pipe": lambda path: os.mkfifo(path),
    "folder": lambda path: path.mkdir(),
}

names = st.builds(str.__add__, st.sampled_from(STEMS), st.sampled_from(ENDINGS))
entries = st.tuples(st.sampled_from(FOLDERS), names, st.sampled_from([*CONTENTS, *LINKS]))
folders = st.lists(entries, max_size=12)


def make(place: Path, given: list[Entry]) -> Path:
    """Make a folder of what was drawn; of two that have one name the first is there."""
    place.mkdir()
    for inside, name, content in given:
        path = place / inside / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            continue
        if not os.path.lexists(path):
            LINKS[content](path) if content in LINKS else path.write_bytes(CONTENTS[content])
    return place
