"""`artgan plugins check`: does a plugin keep to the contract?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..plugins.loader import Installed


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
    from ..errors import ArtganError
    from ..plugins.loader import load_plugins
    from ..testing.plugin_check import look

    checked = [item for name in names for item in _find(name)]
    plugins = load_plugins(item.target for item in checked if item.is_path)
    faulty = 0
    for item in checked:
        click.echo(click.style(str(item.source), bold=True) + f"  (plugin {item.source.plugin})")
        for verdict in look(item, plugins):
            faulty += bool(verdict.faults)
            word = click.style("faulty", fg="red") if verdict.faults else click.style("ok", fg="green")
            click.echo(f"  {word}{' ' * (8 - len(click.unstyle(word)))}{verdict.subject}")
            for fault in verdict.faults:
                click.echo(f"          - {fault}")
    if faulty:
        raise ArtganError(f"{', '.join(names)}: {faulty} not conforming, as said above")


def _find(name: str) -> list[Installed]:
    from pathlib import Path

    from ..errors import UsageError, did_you_mean
    from ..plugins.loader import in_files, installed

    if Path(name).suffix == ".py" or (Path(name) / "__init__.py").is_file():
        return in_files([name])[:1]
    known = installed()
    if found := [item for item in known if name in (item.source.plugin, item.source.distribution)]:
        return found
    names = [item.source.distribution for item in known]
    raise UsageError(f"no installed plugin is called {name!r}{did_you_mean(name, names)}")
