"""`artgan show`: what there is to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..api import OfferedComponent

LINE_BREAK = r"(?<=\S)\n(?=[^\s*-])"
"""Within a paragraph, which the terminal breaks by its own width."""


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

    from ..api import find_component, list_components

    console = Console(highlight=False)
    if kind and name:
        _print_component(console, find_component(kind, name, files=plugin))
    else:
        _print_list(console, list_components(kind, files=plugin))


def _print_list(console: Console, components: Sequence[OfferedComponent]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", "name", "what it is", "from", box=None, padding=(0, 2, 0, 0))
    for component in components:
        table.add_row(component.offer.kind, component.name, Text(component.offer.summary), component.source)
    console.print(table)


def _print_component(console: Console, component: OfferedComponent) -> None:
    from rich.table import Table
    from rich.text import Text

    from ..interfaces.schedule import SYNTAX

    offer = component.offer
    console.print(f"{offer.kind} {offer.name}, from {component.source}", markup=False)
    console.print(re.sub(LINE_BREAK, " ", offer.text), markup=False)
    served = [*offer.modalities, *([offer.representation] if offer.representation else [])]
    facts = [f"For {', '.join(served)}."] * bool(served) + [f"Paper: {offer.paper}."] * bool(offer.paper)
    if facts:
        console.print("\n" + "\n".join(facts), markup=False)
    if not offer.options:
        return
    table = Table("option", "type", "default", "allowed", "what it does", box=None, padding=(0, 2, 0, 0))
    for item in offer.options:
        table.add_row(item.name, item.type, Text(str(item.default)), Text(item.allowed), Text(item.help))
    console.print()
    console.print(table)
    if any("a schedule" in item.allowed for item in offer.options):
        console.print(f"\n{SYNTAX}", markup=False)
