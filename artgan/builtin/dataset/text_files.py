"""Lists the text files of a place, and tells whether a place holds text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path, PurePath

from artgan import ArtganError, UsageError, printable
from artgan.interfaces import LeftOut, list_folder, notes_on_passed_over

from .picture_list import tells_about
from .text_tables import TABLES

PLAIN = frozenset({".txt", ".text", ".md", ".lst"})
SUFFIXES = PLAIN | TABLES
MIN_SHARE = 0.5
"""A folder that holds less text than this is not one of text."""
MISNAMED = 0.1
"""How surely a file is meant as text that is so by its content alone; a dataset that knows its ending is surer."""
LOOKED_AT = 2**16
"""Bytes that are looked at to tell whether a file is text."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


@dataclass(frozen=True)
class TextFiles:
    """The text files of one place.

    Attributes:
        files: in order.
        left_out: what tells about the texts, such as a licence, and what cannot be read.
        notes: what was passed over, or is taken for text against its name; a line each.
    """

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def text_files(path: Path) -> TextFiles:
    """Return the text files of a folder, or the file itself.

    Raises:
        UsageError: if there is none.
    """
    if path.is_file():
        ending = path.suffix or "none"
        note = f"read as text, by its content: its ending ({printable(ending)}) is not known"
        return TextFiles((path,), notes=() if path.suffix.lower() in SUFFIXES else (note,))
    if not path.is_dir():
        raise UsageError(f"{path} does not exist: give a text file, or a folder with text files")

    listing = list_folder(path)
    named = [name for name in listing.files if PurePath(name).suffix.lower() in SUFFIXES]
    texts = [name for name in named if (path / name).is_file()]
    if not texts:
        raise UsageError(f"{path} holds no text files ({', '.join(sorted(SUFFIXES))})")
    used, unused = _used(texts)
    reasons = dict.fromkeys(set(named) - set(texts), "is not a file") | unused
    others = sorted(set(listing.files) - set(named))
    return TextFiles(
        files=tuple(sorted(path / name for name in used)),
        left_out=(*listing.left_out, *(LeftOut(printable(name), reasons[name]) for name in sorted(reasons))),
        notes=notes_on_passed_over(listing.hidden, others, wanted="texts"),
    )


def _used(texts: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return which of some text files are used, plain ones or tables as there are more of, and why others are not."""
    paths = {name: PurePath(name) for name in texts}
    own = [name for name in texts if not tells_about(paths[name])] or texts
    plain = [name for name in own if paths[name].suffix.lower() in PLAIN]
    tables = [name for name in own if paths[name].suffix.lower() in TABLES]
    used, other = (plain, "plain texts") if len(plain) >= len(tables) else (tables, "tables")
    reasons = dict.fromkeys(texts, "tells about the texts") | dict.fromkeys(own, f"lies beside {other}: give it itself")
    return used, {name: reasons[name] for name in set(texts) - set(used)}


def share_of_text(path: Path) -> float:
    """Return how much of what is seen at a path is text, 0 to 1; less than half of a folder is nothing."""
    if path.is_file():
        known = path.suffix.lower() in SUFFIXES
        return 1 if known else MISNAMED if _is_text(path) else 0
    if not path.is_dir():
        return 0
    try:
        names = [name for name in list_folder(path).files if not tells_about(PurePath(name))]
    except ArtganError:
        return 0
    share = sum(PurePath(name).suffix.lower() in SUFFIXES for name in names) / max(1, len(names))
    return share if share >= MIN_SHARE else 0


def _is_text(path: Path) -> bool:
    """Return whether a file begins as UTF-8 without control characters."""
    try:
        with path.open("rb") as file:
            head = file.read(LOOKED_AT)
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except (OSError, UnicodeDecodeError):
        return False
    return bool(head.strip()) and head.translate(None, _CONTROLS) == head
