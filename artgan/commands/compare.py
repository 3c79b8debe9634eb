"""`artgan compare`: runs side by side, in numbers and in works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import json_option, plugin_option
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..api import RunComparison, RunGroup


@click.command(short_help="Compare runs that were evaluated.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", type=click.Path(path_type=Path))
@json_option
@plugin_option
def compare(runs: tuple[Path, ...], as_json: bool, plugin: tuple[str, ...]) -> None:
    """Compare RUNs that were evaluated: numbers beside numbers, works of the same seeds beside each other.

    Runs that differ in nothing but the seed (--seed) are taken together: their numbers are mean and standard deviation
    over them. Prints a table, and writes a page into the gallery.
    """
    from ..api import ComparisonRequest
    from ..api import compare as put_together
    from ..plugins.loader import load_plugins
    from .table import print_table

    def print_numbers(comparison: RunComparison) -> None:
        if as_json:
            echo_json([_group(group) for group in comparison.groups])
        else:
            print_table(["", *comparison.titles], comparison.rows)

    comparison = put_together(ComparisonRequest(runs=runs), plugins=load_plugins(plugin), found=print_numbers)
    if comparison.page:
        echo(comparison.page, err=as_json)


def _group(group: RunGroup) -> dict[str, object]:
    return {
        "runs": [run.folder.id for run in group.runs],
        "numbers": {name: [run.numbers.get(name) for run in group.runs] for name in group.names},
    }
