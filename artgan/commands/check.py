"""`artgan plugins check`: does a plugin keep to the contract?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option
from .terminal import console, echo_json, escaped

if TYPE_CHECKING:
    from rich.console import Console

    from ..api import PluginVerdict


@click.command()
@click.argument("names", metavar="NAME_OR_PATH...", nargs=-1, required=True)
@json_option
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Check plugins with the conformance kit.

    It looks at shapes, range, gradients, saved state, randomness, options, imports, and what observers do to runs.

    NAME is a distribution or plugin that is installed; a path is that of a single-file plugin or package. Exits with 1
    where something does not conform. The same checks are in `artgan.testing` for a plugin's own tests.

    \b
    artgan plugins check artgan-resnet
    artgan plugins check ./palette.py
    """
    from rich.text import Text

    from ..api import check_plugins
    from ..errors import ArtganError

    screen, shown, verdicts = console(), None, []
    for verdict in check_plugins(names):
        verdicts.append(verdict)
        if as_json:
            continue
        if verdict.plugin != shown:
            shown = verdict.plugin
            screen.print(Text.assemble((escaped(str(shown)), "bold"), escaped(f"  (plugin {shown.plugin})")))
        _print_verdict(screen, verdict)

    if as_json:
        echo_json(verdicts)
    if faulty := sum(bool(verdict.faults) for verdict in verdicts):
        raise ArtganError(f"{', '.join(names)}: {faulty} not conforming, as said above")


def _print_verdict(screen: Console, verdict: PluginVerdict) -> None:
    from rich.text import Text

    word, colour = ("faulty", "red") if verdict.faults else ("ok", "green")
    screen.print(Text.assemble("  ", (f"{word:8}", colour), escaped(verdict.subject)))
    for fault in verdict.faults:
        screen.print(f"          - {escaped(fault)}")
