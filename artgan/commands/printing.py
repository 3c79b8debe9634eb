"""Tables in a terminal."""

from __future__ import annotations


def wide(table: object) -> None:
    """Print a table, into a file or pipe without breaking its lines."""
    from rich.console import Console

    console = Console(highlight=False)
    Console(highlight=False, width=max(console.width, 200) if not console.is_terminal else None).print(table)
