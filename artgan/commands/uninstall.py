"""`artgan uninstall`: a plugin, whether it works or not."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..plugins import installer


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def uninstall(names: Sequence[str]) -> None:
    """Remove plugins with pip; no plugin's code is run for it.

    NAME is a distribution or a plugin as `artgan plugins` lists them. Runs and galleries stay.
    """

    found = {dist.name: dist for dist in map(installer.find_plugin, names)}
    again = {name: (dist.version, installer.origin(dist)) for name, dist in found.items()}
    installer.uninstall(list(found))
    for name, (version, origin) in again.items():
        click.echo(f"Removed {name} {version}. To have it again: artgan install {origin}")
