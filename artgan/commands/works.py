"""How commands print works that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terminal import echo

if TYPE_CHECKING:
    from ..api import WorksResult
    from .display import Display

SHOWN_TEXTS = 16


def print_works(made: WorksResult, display: Display) -> None:
    """Print the first works where they are texts, and the paths of all files."""
    for text in made.texts[:SHOWN_TEXTS]:
        for line in (*text.split("\n"), ""):
            display.say(line)
    for path in [*(work.path for work in made.works), made.sheet]:
        echo(path)
