"""`artgan show`: what there is to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..components import Component
    from ..plugins import Registry


@click.command()
@click.argument("kind", required=False)
@click.argument("name", required=False)
@plugin_option
def show(kind: str | None, name: str | None, plugin: Sequence[str]) -> None:
    """List components: all, those of a KIND, or one with its options.

    \b
    artgan show
    artgan show generator
    artgan show generator cnn
    """
    from rich.console import Console

    from ..errors import UsageError, did_you_mean
    from ..plugins import load_plugins

    registry = load_plugins(plugin).registry
    if kind and kind not in registry.kinds():
        raise UsageError(f"no kind of component is called {kind!r}{did_you_mean(kind, registry.kinds())}")
    console = Console(highlight=False)
    if kind and name:
        _print_component(console, registry, registry.get(kind, name))
    else:
        _print_list(console, registry, [kind] if kind else registry.kinds())


def _print_list(console: Console, registry: Registry, kinds: Sequence[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", "name", "what it is", "from", box=None, padding=(0, 2, 0, 0))
    for kind in kinds:
        for name in registry.names(kind):
            component = registry.get(kind, name)
            table.add_row(kind, name, Text(component.summary()), str(registry.source(component)))
    console.print(table)


def _print_component(console: Console, registry: Registry, component: type[Component]) -> None:
    from inspect import getdoc

    from rich.table import Table

    console.print(f"{component.kind} {component.name}, from {registry.source(component)}", markup=False)
    console.print(getdoc(component), markup=False)
    if component.modalities:
        console.print(f"\nFor {', '.join(sorted(component.modalities))}.", markup=False)
    if not component.options():
        return
    table = Table("option", "type", "default", "allowed", "what it does", box=None, padding=(0, 2, 0, 0))
    for item in component.options().values():
        table.add_row(item.name, item.type.__name__, str(item.default), item.range, item.info.help)
    console.print()
    console.print(table)
