"""`artgan doctor`: what the machine has, what a dataset holds, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from collections import Counter

    from rich.console import Console

    from ..api.doctor import Findings, Groups

SHOWN = 10
"""How many names of a kind are listed."""


@click.command()
@click.argument("data", required=False)
@plugin_option
def doctor(data: str | None, plugin: tuple[str, ...]) -> None:
    """Tell what this machine has, and what is wrong with DATA.

    DATA is a folder or zip of pictures, an array, an IDX file set, or a dataset's name. With it, artgan tells sizes,
    modes, formats, duplicates and unreadable files, and proposes a command line. Exits with 1 if DATA cannot be used.
    """
    from rich.console import Console

    from ..api.doctor import inspect_data
    from ..errors import ArtganError
    from ..files import cache_folder
    from ..interfaces import Workspace
    from ..plugins.loader import load_plugins
    from .display import Display

    console, display = Console(highlight=False, markup=False, soft_wrap=True), Display(quiet=False)
    _show_machine(console)
    plugins = load_plugins(plugin)
    for problem in plugins.problems:
        display.warn(str(problem))
    if data is None:
        return
    with display.progress() as progress:
        findings = inspect_data(data, plugins.registry, Workspace(cache_folder(), progress))
    _show_findings(console, data, findings)
    if findings.error:
        raise ArtganError(findings.error)


def _show_machine(console: Console) -> None:
    from ..api.doctor import inspect_machine
    from ..files import cache_folder
    from ..version import __version__

    cache = cache_folder()
    machine = inspect_machine(cache)
    console.print("Machine", style="bold")
    _line(console, "artgan", __version__)
    _line(console, "Python", machine.python)
    _line(console, "torch", machine.torch)
    _line(console, "devices", ", ".join(machine.devices))
    _line(console, "threads", str(machine.threads))
    _line(console, "memory", f"{machine.memory / 2**30:.1f} GiB" if machine.memory else "unknown")
    _line(console, "cache", f"{cache} ({machine.free / 2**30:.1f} GiB free)")


def _show_findings(console: Console, data: str, findings: Findings) -> None:
    console.print()
    console.print(findings.data.title if findings.data else data, style="bold")
    _line(console, "usable", f"{findings.count:,}")
    if findings.widths:
        _line(console, "widths", _spread(findings.widths))
        _line(console, "heights", _spread(findings.heights))
        _line(console, "modes", _counts(findings.modes))
        _line(console, "formats", _counts(findings.formats))
    if findings.data:
        _line(console, "trained as", " x ".join(str(side) for side in findings.data.spec.shape))
        if tokens := findings.data.spec.tokens:
            shown = " ".join(token for token in tokens[: 2 * SHOWN] if token.strip())
            tokeniser = findings.data.spec.presentation.get("tokeniser", "")
            _line(console, "tokens", f"{tokeniser}, {len(tokens):,} in all, the commonest {shown}")
        _line(console, "classes", ", ".join(findings.data.spec.classes[:SHOWN]) or "none")
        _line(console, "licence", findings.data.licence)
    _show_groups(console, "duplicates", findings.duplicates)
    _show_groups(console, "look alike", findings.similar)
    _line(console, "left out", f"{len(findings.left_out):,}")
    _list(console, [f"{item.name}: {item.reason}" for item in findings.left_out], len(findings.left_out))
    for advice in findings.advice:
        _line(console, "advice", advice)
    if findings.command:
        console.print()
        console.print("Train on it with")
        console.print(f"  {findings.command}", style="bold")


def _show_groups(console: Console, what: str, groups: Groups) -> None:
    samples = sum(len(group) for group in groups)
    _line(console, what, f"{samples:,} in {len(groups):,} groups" if groups else "none")
    _list(console, [" = ".join(group[:SHOWN]) + (" ..." if len(group) > SHOWN else "") for group in groups], SHOWN)


def _line(console: Console, what: str, value: str) -> None:
    console.print(f"  {what:<11} {value}")


def _list(console: Console, items: Sequence[str], shown: int) -> None:
    for item in items[:shown]:
        console.print(f"    {item}")
    if len(items) > shown:
        console.print(f"    and {len(items) - shown:,} more")


def _spread(numbers: Sequence[int]) -> str:
    from statistics import median

    return f"{min(numbers):,} to {max(numbers):,} pixels, median {median(numbers):,.0f}"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
