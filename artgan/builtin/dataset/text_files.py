"""Lists the text files of a place, and tells whether a place holds text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from artgan import ArtganError, UsageError, printable
from artgan.interfaces import LeftOut, list_folder, notes_on_passed_over

from .picture_list import ending_of, tells_about
from .picture_sources import share_of_pictures
from .text_tables import ARCHIVES, TABLES

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
    named = [name for name in listing.files if ending_of(name) in SUFFIXES]
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
    """Return which of some text files are used, those of the kind there are most of, and why others are not."""
    own = [name for name in texts if not tells_about(name)] or texts
    kinds = {"plain texts": PLAIN, "tables": TABLES - ARCHIVES, "archives": ARCHIVES}
    by_kind = {kind: [name for name in own if ending_of(name) in kinds[kind]] for kind in kinds}
    most = max(by_kind, key=lambda kind: len(by_kind[kind]))
    used = by_kind[most]
    reasons = dict.fromkeys(texts, "tells about the texts")
    reasons |= dict.fromkeys(own, f"lies beside {most}: give it itself")
    return used, {name: reasons[name] for name in set(texts) - set(used)}


def share_of_text(path: Path) -> float:
    """Return how much of what is seen at a path is text, 0 to 1; less than half of a folder is nothing."""
    if path.is_file():
        if path.suffix.lower() in SUFFIXES:
            return float(_may_hold_text(path))
        return MISNAMED if _is_text(path) else 0
    if not path.is_dir():
        return 0
    try:
        names = [name for name in list_folder(path).files if not tells_about(name)]
    except ArtganError:
        return 0
    named = [name for name in names if ending_of(name) in SUFFIXES]
    archive = next((name for name in named if ending_of(name) in ARCHIVES), "")
    if archive and not _may_hold_text(path / archive):
        named = [name for name in named if ending_of(name) not in ARCHIVES]
    share = len(named) / max(1, len(names))
    return share if share >= MIN_SHARE else 0


def _may_hold_text(path: Path) -> bool:
    """Return whether a file that is text by its ending is no archive of pictures."""
    return path.suffix.lower() not in ARCHIVES or not share_of_pictures(path)


def _is_text(path: Path) -> bool:
    """Return whether a file begins as UTF-8 without control characters."""
    try:
        with path.open("rb") as file:
            head = file.read(LOOKED_AT)
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except (OSError, UnicodeDecodeError):
        return False
    return bool(head.strip()) and head.translate(None, _CONTROLS) == head
