"""`artgan show`: what there is to choose from."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import json_option, plugin_option
from .table import print_table
from .terminal import console, echo_json

if TYPE_CHECKING:
    from ..api import OfferedComponent

LINE_BREAK = r"(?<=\S)\n(?=[^\s*-])"
"""Within a paragraph, which the terminal breaks by its own width."""


@click.command(short_help="List components, or the options of one.")
@click.argument("kind", required=False)
@click.argument("name", required=False)
@json_option
@plugin_option
def show(kind: str | None, name: str | None, as_json: bool, plugin: Sequence[str]) -> None:
    """List components: all, those of a KIND, or one with its options.

    \b
    artgan show
    artgan show generator
    artgan show generator cnn
    """
    from ..api import find_component, list_components

    if kind and name:
        component = find_component(kind, name, files=plugin)
        if as_json:
            echo_json(_fields(component))
        else:
            _print_component(component)
        return
    components = list_components(kind, files=plugin)
    if as_json:
        echo_json([_fields(component) for component in components])
    else:
        _print_list(components)


def _fields(component: OfferedComponent) -> dict[str, object]:
    return {"name": component.name, "from": component.source, "offer": component.offer}


def _print_list(components: Sequence[OfferedComponent]) -> None:
    rows = [
        (component.offer.kind, component.name, component.offer.summary, component.source) for component in components
    ]
    print_table(["kind", "name", "what it is", "from"], rows, left=range(4))


def _print_component(component: OfferedComponent) -> None:
    from ..interfaces.schedule import SYNTAX

    offer, screen = component.offer, console(wrap=sys.stdout.isatty())
    screen.print(f"{offer.kind} {offer.name}, from {component.source}")
    screen.print(re.sub(LINE_BREAK, " ", offer.text))
    served = [*offer.modalities, *([offer.representation] if offer.representation else [])]
    facts = [f"For {', '.join(served)}."] * bool(served) + [f"Paper: {offer.paper}."] * bool(offer.paper)
    if facts:
        screen.print("\n" + "\n".join(facts))
    if not offer.options:
        return

    screen.print()
    rows = [(item.name, item.type, str(item.default), item.allowed, item.help) for item in offer.options]
    print_table(["option", "type", "default", "allowed", "what it does"], rows, left=range(5))
    if any("a schedule" in item.allowed for item in offer.options):
        screen.print(f"\n{SYNTAX}")
