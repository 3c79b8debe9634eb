"""How commands print works that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..api import WorksResult
    from .display import Display

SHOWN_TEXTS = 16


def print_works(made: WorksResult, display: Display) -> None:
    """Print the first works where they are texts, and the paths of all files."""
    for text in made.texts[:SHOWN_TEXTS]:
        display.say(f"{text}\n")
    for path in [*(work.path for work in made.works), made.sheet]:
        click.echo(path)
