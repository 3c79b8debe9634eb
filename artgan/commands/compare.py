"""`artgan compare`: runs side by side, in numbers and in works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option
from .terminal import echo

if TYPE_CHECKING:
    from ..api import RunComparison


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", type=click.Path(path_type=Path))
@plugin_option
def compare(runs: tuple[Path, ...], plugin: tuple[str, ...]) -> None:
    """Compare RUNs that were evaluated: numbers beside numbers, works of the same seeds beside each other.

    Runs that differ in nothing but the seed (--seed) are taken together: their numbers are mean and standard deviation
    over them. Prints a table, and writes a page into the gallery.
    """
    from ..api import ComparisonRequest
    from ..api import compare as put_together
    from ..plugins.loader import load_plugins
    from .table import print_table

    def print_numbers(comparison: RunComparison) -> None:
        print_table(["", *comparison.titles], comparison.rows)

    comparison = put_together(ComparisonRequest(runs=runs), plugins=load_plugins(plugin), found=print_numbers)
    if comparison.page:
        echo(comparison.page)
