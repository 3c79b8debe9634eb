"""`artgan compare`: runs side by side, in numbers and in works."""

from __future__ import annotations

from pathlib import Path

import click

from .options import plugin_option


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", type=click.Path(path_type=Path))
@plugin_option
def compare(runs: tuple[Path, ...], plugin: tuple[str, ...]) -> None:
    """Compare RUNs that were evaluated: numbers beside numbers, works of the same seeds beside each other.

    Runs that differ in nothing but the seed (--seed) are taken together: their numbers are mean and standard deviation
    over them. Prints a table, and writes a page into the gallery.
    """
    from ..errors import UsageError
    from ..gallery.comparison_page import write_comparison
    from ..gallery.front_page import build_index
    from ..plugins.loader import load_plugins
    from .comparing import evaluated, grouped
    from .table import print_table

    if len(runs) < 2:
        raise UsageError("give two runs or more to compare")
    found = [evaluated(run) for run in runs]
    groups = grouped(found)
    titles = [group.title for group in groups]
    measured = dict.fromkeys(name for group in groups for name in group.names)
    rows = [[name, *(group.cell(name) for group in groups)] for name in measured]
    print_table(["", *titles], rows)
    gallery = found[0].folder.gallery
    names = [run.folder.id for run in found if run.folder.hung.is_dir()]
    if len(names) > 1:
        registry = load_plugins(plugin).registry
        click.echo(write_comparison(gallery, names, titles, rows, registry))
        build_index(gallery, registry)
