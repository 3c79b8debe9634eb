"""`artgan plugins`: which plugins are there, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .options import plugin_option


@click.command()
@plugin_option
def plugins(plugin: Sequence[str]) -> None:
    """List the plugins that were loaded, how long each took, and what was left out."""
    from rich.console import Console
    from rich.table import Table

    from ..plugins import load_plugins

    found = load_plugins(plugin)
    table = Table("plugin", "from", "offers", "load time", "torch", box=None, padding=(0, 2, 0, 0))
    for item in found.loaded:
        offers = ", ".join(found.registry.offered_by(item.source))
        table.add_row(
            item.source.plugin,
            str(item.source),
            offers,
            f"{item.seconds * 1000:.0f} ms",
            "imported" if item.imported_torch else "",
        )
    Console(highlight=False).print(table)
    for problem in found.problems:
        click.echo(f"Warning: {problem}", err=True)
