"""`artgan plugins`: which plugins there are, what each offers, and what is wrong with it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .check import check
from .new import new
from .options import plugin_option

if TYPE_CHECKING:
    from ..plugins.catalogue.entries import Entry

WIDTH, INDENT = 100, 18


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known of them as JSON.")
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
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False))
        return
    click.echo("\n".join(describe(entry) for entry in entries))


plugins.add_command(check)
plugins.add_command(new)


def describe(entry: Entry) -> str:
    """Return what is known of a plugin, a line for its name and one for each kind that it offers."""
    title = click.style(f"{entry.distribution} {entry.version}".strip(), bold=True)
    facts = [f"plugin {entry.plugin}"]
    if entry.api is not None:
        facts += [f"API {entry.api}", f"loads in {entry.load_seconds * 1000:.0f} ms"]
    facts += ["imports torch when loaded"] * entry.imported_torch
    names: dict[str, list[str]] = {}
    for offer in entry.offers:
        names.setdefault(offer.kind, []).append(offer.name)
    names |= {"command": list(entry.commands)} if entry.commands else {}
    names |= {"observes": list(entry.hooks)} if entry.hooks else {}
    lines = [_line(kind, ", ".join(known)) for kind, known in names.items()]
    lines += [_line(click.style("left out", fg="red"), problem) for problem in entry.problems]
    return "\n".join([f"{title}  ({', '.join(facts)})", *lines])


def _line(word: str, text: str) -> str:
    margin = "  " + word + " " * (INDENT - 2 - len(click.unstyle(word)))
    first, *more = textwrap.wrap(text, WIDTH - INDENT, break_long_words=False) or [""]
    return "\n".join([margin + first, *(" " * INDENT + line for line in more)])
