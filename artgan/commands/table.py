"""Tables: drawn on a terminal, and a row a line, its cells split by tabs, in a file or pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from .terminal import console, echo_row, escaped


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, left: Iterable[int] = (0,)) -> None:
    """Print a table; on a terminal, what is too long for its column goes on below: nothing is cut.

    Args:
        headings: one a column.
        rows: their cells.
        left: the numbers of the columns that hold text, and are set to the left.
    """
    if not sys.stdout.isatty():
        for row in (headings, *rows):
            echo_row(row)
        return
    from rich.box import SIMPLE
    from rich.table import Table

    table, texts = Table(box=SIMPLE, pad_edge=False), set(left)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number in texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(escaped, row))
    console(wrap=True).print(table)
