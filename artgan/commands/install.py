"""`artgan install`: a plugin from the package index, a folder or a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .terminal import echo

if TYPE_CHECKING:
    from ..api import InstallResult


@click.command(short_help="Install plugins, and say what they offer.")
@click.argument("targets", metavar="NAME_OR_PATH...", nargs=-1, required=True)
@click.option("-U", "--upgrade", is_flag=True, help="Upgrade to the newest version that fits.")
@click.option("-e", "--editable", is_flag=True, help="Use a source folder in place, to work on a plugin.")
@click.option("--index-url", metavar="URL", help="Another package index.")
@click.option("--extra-index-url", metavar="URL", multiple=True, help="A further package index.")
def install(
    targets: tuple[str, ...], upgrade: bool, editable: bool, index_url: str | None, extra_index_url: tuple[str, ...]
) -> None:
    """Install plugins with pip, where artgan runs, and say what they offer.

    A plugin is code and can do all that you can: install what you trust. None replaces the installed artgan or torch.
    pip's own environment variables and configuration count.

    \b
    artgan install artgan-resnet
    artgan install ./plugins/artgan-resnet
    """
    from ..api import InstallRequest, install_plugins

    request = InstallRequest(
        targets=targets,
        upgrade=upgrade,
        editable=editable,
        index_url=index_url,
        extra_index_urls=extra_index_url,
    )
    _print_result(install_plugins(request))


def _print_result(result: InstallResult) -> None:
    """Say what the new distributions offer."""
    from ..errors import ArtganError
    from .plugins import print_entries

    if not result.distributions:
        echo("Nothing to do: it is installed already; -U upgrades it.")
        return
    print_entries(result.plugins)
    if not result.plugins:
        echo(f"Warning: {', '.join(result.distributions)} brings no plugin of artgan's", err=True)
    if broken := [entry.distribution for entry in result.plugins if entry.problems]:
        raise ArtganError(f"{', '.join(broken)} is installed, but see what was left out: `artgan uninstall` removes it")
