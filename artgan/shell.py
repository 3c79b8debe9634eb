"""Commands, as they are typed into the shell at hand."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import PurePath

_BARE = re.compile(r"[A-Za-z0-9_+./:\\-]+")
"""What both shells of Windows take as it stands; a comma would make a list in PowerShell."""


def command(*words: object) -> str:
    """Return a command that can be typed as it stands, into the shell that this program was most likely started from.

    A path that begins with a hyphen is given as ``./-path``, since it would be taken for an option.

    Args:
        words: the program, its options and arguments.
    """
    quote = _quoting()
    return " ".join(quote(f".{os.sep}{word}" if _looks_like_an_option(word) else str(word)) for word in words)


def posix(word: str, encoding: str = "utf-8") -> str:
    """Return a word as bash, zsh and ksh read it; what does not print, or has no sign in the encoding, by its bytes.

    ``$'…'``, which names bytes, is in POSIX since 2024.
    """
    if word.isprintable() and _fits(word, encoding):
        return shlex.quote(word)
    return "$'" + "".join(_byte(byte) for byte in os.fsencode(word)) + "'"


def powershell(word: str) -> str:
    """Return a word as PowerShell reads it."""
    return word if _BARE.fullmatch(word) else "'" + word.replace("'", "''") + "'"


def cmd(word: str) -> str:
    """Return a word as cmd.exe and the programs that it starts read it; a ``%NAME%`` in it cannot be helped."""
    if _BARE.fullmatch(word):
        return word
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'


def _quoting() -> Callable[[str], str]:
    if sys.platform != "win32":
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        return lambda word: posix(word, encoding)
    # PowerShell adds the user's own modules to those of the system, which cmd.exe hands down.
    return powershell if len(os.environ.get("PSMODULEPATH", "").split(os.pathsep)) > 2 else cmd


def _looks_like_an_option(word: object) -> bool:
    return isinstance(word, PurePath) and str(word).startswith("-")


def _fits(word: str, encoding: str) -> bool:
    try:
        word.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _byte(byte: int) -> str:
    sign = chr(byte)
    return f"\\{sign}" if sign in "\\'" else sign if " " <= sign <= "~" else f"\\{byte:03o}"
