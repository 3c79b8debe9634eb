"""`artgan plugins`: which plugins there are, what each offers, and what is wrong with it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from .check import check
from .new import new
from .options import json_option, plugin_option
from .terminal import console, echo_json, escaped

if TYPE_CHECKING:
    from rich.console import Console

    from ..plugins.catalogue.entries import Entry

WIDTH, INDENT = 100, 18


@click.group(invoke_without_command=True, short_help="List plugins, check them, or write a new one.")
@json_option
@plugin_option
@click.pass_context
def plugins(context: click.Context, as_json: bool, plugin: Sequence[str]) -> None:
    """List the plugins: what each offers, and what was left out and why.

    What a plugin offers is remembered; its code runs only when it, or something it lies in, has changed.
    """
    if context.invoked_subcommand:
        return
    from ..api import list_plugins

    entries = list_plugins(plugin)
    if as_json:
        echo_json(entries)
        return
    print_entries(entries)


plugins.add_command(check)
plugins.add_command(new)


def print_entries(entries: Iterable[Entry]) -> None:
    """Print what is known of plugins, a line for each name and one for each kind that it offers."""
    screen = console()
    for entry in entries:
        _print_entry(screen, entry)


def _print_entry(screen: Console, entry: Entry) -> None:
    from rich.text import Text

    title = f"{entry.distribution} {entry.version}".strip()
    facts = [f"plugin {entry.plugin}"]
    if entry.api is not None:
        facts += [f"API {entry.api}", f"loads in {entry.load_seconds * 1000:.0f} ms"]
    facts += ["imports torch when loaded"] * entry.imported_torch
    names: dict[str, list[str]] = {}
    for offer in entry.offers:
        names.setdefault(offer.kind, []).append(offer.name)
    names |= {"command": list(entry.commands)} if entry.commands else {}
    names |= {"observes": list(entry.hooks)} if entry.hooks else {}

    screen.print(Text.assemble((escaped(title), "bold"), escaped(f"  ({', '.join(facts)})")))
    for kind, known in names.items():
        _print_line(screen, kind, ", ".join(known))
    for problem in entry.problems:
        _print_line(screen, "left out", problem, style="red")


def _print_line(screen: Console, word: str, text: str, *, style: str = "") -> None:
    """Print text beside a word; on a terminal, broken where it is long."""
    from rich.text import Text

    width = WIDTH - INDENT if screen.is_terminal else sys.maxsize
    first, *more = textwrap.wrap(escaped(text), width, break_long_words=False) or [""]
    screen.print(Text.assemble("  ", (f"{word:<{INDENT - 2}}", style), first))
    for line in more:
        screen.print(" " * INDENT + line)
