"""A font of this machine that draws a text in whatever script it is, or as much of it as any does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import ImageFont, features
from PIL.ImageFont import FreeTypeFont

SUFFIXES = (".ttf", ".otf", ".ttc")
MOST_FONTS = 300
"""Files that are tried where fontconfig does not say which."""

_NOWHERE = "\U0010ffff"
"""A character that no font has; all that a font lacks looks like it."""


@dataclass(frozen=True, eq=False)
class Lettering:
    """A text with the font that draws it.

    Attributes:
        text: what can be drawn.
        font: what draws it.
        left_out: characters that no font here has, each once.
    """

    text: str
    font: FreeTypeFont
    left_out: str


def lettering(text: str, size: int, room: int, *, smallest: int, family: str = "sans") -> Lettering:
    """Return a text, in one line, with a font that draws as much of it as any that was found.

    Args:
        text: in any script; control characters are left out.
        size: of the font, in dots; smaller where the text is too wide.
        room: how wide the text may be.
        smallest: the smallest size; a text that is still too wide is cut.
        family: what is asked for first, as fontconfig names it.
    """
    text = unicodedata.normalize("NFC", text)
    line = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())

    best, missing = "", undrawn("", 0, line)
    index = 0
    if missing:
        for path, number in islice(_candidates(line, family), MOST_FONTS):
            try:
                lacking = undrawn(path, number, line)
            except (OSError, ValueError):
                continue  # a file that is no font
            if len(lacking) < len(missing):
                best, index, missing = path, number, lacking
            if not missing:
                break

    shown = " ".join("".join(sign for sign in line if sign not in missing).split())
    font = _font(best, index, size)
    if (width := font.getlength(shown)) > room:
        font = _font(best, index, max(smallest, int(size * room / width)))
    while shown and font.getlength(shown) > room:
        shown = f"{shown[:-2].rstrip()}…" if len(shown) > 1 else ""
    return Lettering(shown, font, "".join(sorted(missing)))


def undrawn(path: str, index: int, text: str) -> set[str]:
    """Return the characters that a font lacks, or that need shaping that this Pillow cannot do.

    Args:
        path: of the file; empty for Pillow's own font.
        index: of the font in the file.
        text: the characters.

    Raises:
        OSError: if the file is no font.
    """
    font = _font(path, index, 32, ImageFont.Layout.BASIC)  # which draws each character alone, as the font has it
    nothing = _look(font, _NOWHERE)
    return {sign for sign in set(text) - {" "} if _look(font, sign) == nothing or not _is_shaped(sign)}


def _look(font: FreeTypeFont, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


def _is_shaped(sign: str) -> bool:
    """Return whether a character stands right: scripts from right to left, and joined ones, need the library Raqm."""
    if features.check("raqm"):
        return True
    return unicodedata.bidirectional(sign) not in ("R", "AL") and unicodedata.category(sign) not in ("Mc", "Mn")


def _font(path: str, index: int, size: int, engine: ImageFont.Layout | None = None) -> FreeTypeFont:
    if path:
        return ImageFont.truetype(path, size, index=index, layout_engine=engine)
    font = ImageFont.load_default(size)
    assert isinstance(font, FreeTypeFont)
    return font


def _candidates(text: str, family: str = "sans") -> Iterator[tuple[str, int]]:
    """Yield files that may be fonts with some of the characters, and the number of the font in each."""
    if program := shutil.which("fc-match"):
        charset = " ".join(sorted({f"{ord(sign):x}" for sign in text if sign != " "}))
        asked = [program, "-s", "-f", "%{file}\t%{index}\n", f"{family}:charset={charset}"]
        try:
            found = subprocess.run(asked, capture_output=True, timeout=20, check=True).stdout.decode(errors="replace")
        except (OSError, subprocess.SubprocessError):
            found = ""
        for line in found.splitlines():
            path, _, index = line.partition("\t")
            if path.lower().endswith(SUFFIXES) and index.isdecimal():
                yield path, int(index) & 0xFFFF  # the upper half names an instance of a variable font
    for folder in _folders():
        for path_in in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
            yield str(path_in), 0


def _folders() -> list[Path]:
    """Return where this system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        places = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    elif sys.platform == "darwin":
        places = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    else:
        places = [
            home / ".local/share/fonts",
            home / ".fonts",
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
        ]
    return [place for place in places if place.is_dir()]
