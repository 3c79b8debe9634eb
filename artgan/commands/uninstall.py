"""`artgan uninstall`: a plugin, whether it works or not."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..shell import command
from .terminal import echo


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def uninstall(names: Sequence[str]) -> None:
    """Remove plugins with pip; no plugin's code is run for it.

    NAME is a distribution or a plugin as `artgan plugins` lists them. Runs and galleries stay.
    """
    from ..api import uninstall_plugins

    for removed in uninstall_plugins(names):
        again = command("artgan", "install", removed.origin)
        echo(f"Removed {removed.name} {removed.version}. To have it again: {again}")
