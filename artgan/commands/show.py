"""`artgan show`: what there is to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..plugins.catalogue.entries import Catalogue, Entry, Offer

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

    from ..errors import UsageError, did_you_mean
    from ..plugins.catalogue.cache import read_catalogue

    catalogue, console = read_catalogue(plugin), Console(highlight=False)
    if kind and kind not in catalogue.kinds():
        raise UsageError(f"no kind of component is called {kind!r}{did_you_mean(kind, catalogue.kinds())}")
    if kind and name:
        _print_component(console, *_find(catalogue, kind, name))
    else:
        _print_list(console, catalogue, [kind] if kind else catalogue.kinds())


def _find(catalogue: Catalogue, kind: str, name: str) -> tuple[Entry, Offer]:
    from ..errors import UsageError, did_you_mean

    named = catalogue.named(kind)
    if name in named:
        return named[name]
    if several := [known for known in named if known.endswith(f"/{name}")]:
        raise UsageError(f"{kind} {name!r} is offered more than once: say which with {' or '.join(several)}")
    for entry, offer in named.values():
        if name == f"{entry.distribution}/{offer.name}":
            return entry, offer
    raise UsageError(f"no {kind} is called {name!r}{did_you_mean(name, list(named))}")


def _print_list(console: Console, catalogue: Catalogue, kinds: Sequence[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", "name", "what it is", "from", box=None, padding=(0, 2, 0, 0))
    for kind in kinds:
        for name, (entry, offer) in catalogue.named(kind).items():
            table.add_row(kind, name, Text(offer.summary), _source(entry))
    console.print(table)


def _print_component(console: Console, entry: Entry, offer: Offer) -> None:
    from rich.table import Table
    from rich.text import Text

    from ..interfaces.schedule import SYNTAX

    console.print(f"{offer.kind} {offer.name}, from {_source(entry)}", markup=False)
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


def _source(entry: Entry) -> str:
    return f"{entry.distribution} {entry.version}".strip()
