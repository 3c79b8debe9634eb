"""`artgan plugins check`: does a plugin keep to the contract?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..api import PluginVerdict


@click.command()
@click.argument("names", metavar="NAME_OR_PATH...", nargs=-1, required=True)
def check(names: tuple[str, ...]) -> None:
    """Check plugins with the conformance kit: shapes, range, gradients, saved state, randomness, options, imports.

    NAME is a distribution or plugin that is installed; a path is that of a single-file plugin or package. Exits with 1
    where something does not conform. The same checks are in `artgan.testing` for a plugin's own tests.

    \b
    artgan plugins check artgan-resnet
    artgan plugins check ./palette.py
    """
    from ..api import check_plugins
    from ..errors import ArtganError

    faulty, shown = 0, None
    for verdict in check_plugins(names):
        if verdict.plugin != shown:
            shown = verdict.plugin
            click.echo(click.style(str(shown), bold=True) + f"  (plugin {shown.plugin})")
        faulty += bool(verdict.faults)
        _print_verdict(verdict)
    if faulty:
        raise ArtganError(f"{', '.join(names)}: {faulty} not conforming, as said above")


def _print_verdict(verdict: PluginVerdict) -> None:
    word = click.style("faulty", fg="red") if verdict.faults else click.style("ok", fg="green")
    click.echo(f"  {word}{' ' * (8 - len(click.unstyle(word)))}{verdict.subject}")
    for fault in verdict.faults:
        click.echo(f"          - {fault}")
