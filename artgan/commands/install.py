"""`artgan install`: a plugin from the package index, a folder or a wheel."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import click

from ..plugins import installer


@click.command()
@click.argument("targets", metavar="NAME_OR_PATH...", nargs=-1, required=True)
@click.option("-U", "--upgrade", is_flag=True, help="Upgrade to the newest version that fits.")
@click.option("-e", "--editable", is_flag=True, help="Use a source folder in place, to work on a plugin.")
@click.option("--index-url", metavar="URL", help="Another package index.")
@click.option("--extra-index-url", metavar="URL", multiple=True, help="A further package index.")
def install(
    targets: Sequence[str], upgrade: bool, editable: bool, index_url: str | None, extra_index_url: Sequence[str]
) -> None:
    """Install plugins with pip, where artgan runs, and say what they offer.

    A plugin is code and can do all that you can: install what you trust. None replaces the installed artgan or torch.
    pip's own environment variables and configuration count.

    \b
    artgan install artgan-resnet
    artgan install ./plugins/artgan-resnet
    """

    options = ["--upgrade"] * upgrade
    options += ["--index-url", index_url] if index_url else []
    options += [word for url in extra_index_url for word in ("--extra-index-url", url)]
    new = installer.install(targets, options, editable=editable)
    _tell_plugins(new)


def _tell_plugins(new: Sequence[str]) -> None:
    """Say what the new distributions offer, as a fresh process sees it: this one may hold what they replaced."""
    from ..errors import ArtganError
    from ..plugins.catalogue.entries import parse_entries
    from .plugins import describe

    if not new:
        click.echo("Nothing to do: it is installed already; -U upgrades it.")
        return
    command = [sys.executable, "-m", "artgan", "plugins", "--json"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if listed.returncode:
        raise ArtganError(f"installed {', '.join(new)}, but plugins can no longer be listed: {listed.stderr.strip()}")
    entries = [entry for entry in parse_entries(json.loads(listed.stdout)) if entry.distribution in new]
    for entry in entries:
        click.echo(describe(entry))
    if not entries:
        click.echo(f"Warning: {', '.join(new)} brings no plugin of artgan's", err=True)
    if broken := [entry.distribution for entry in entries if entry.problems]:
        raise ArtganError(f"{', '.join(broken)} is installed, but see what was left out: `artgan uninstall` removes it")
