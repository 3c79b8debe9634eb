"""`artgan doctor`: what the machine has, what a dataset holds, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..api import DataFindings, MachineFindings
    from ..interfaces import Data, Span, Survey

SHOWN = 10
"""How many names of a kind are listed."""


@click.command()
@click.argument("data", required=False)
@plugin_option
def doctor(data: str | None, plugin: tuple[str, ...]) -> None:
    """Tell what this machine has, and what is wrong with DATA.

    DATA is a folder or zip of pictures, an array, an IDX file set, text, or a dataset's name. With it, artgan tells
    sizes, modes, formats, colours, duplicates and unreadable files, and what `artgan run` would choose for it, and why.
    Exits with 1 if DATA cannot be used.
    """
    from rich.console import Console

    from ..api import DoctorRequest, inspect_data, inspect_machine
    from ..errors import ArtganError
    from ..plugins.loader import load_plugins
    from .display import Display

    console, display = Console(highlight=False, markup=False, soft_wrap=True), Display(quiet=False)
    _show_machine(console, inspect_machine())
    plugins = load_plugins(plugin)
    for problem in plugins.problems:
        display.warn(str(problem))
    if data is None:
        return
    findings = inspect_data(DoctorRequest(data=data), plugins=plugins, reporter=display)
    _show_findings(console, data, findings)
    if findings.error:
        raise ArtganError(findings.error)


def _show_machine(console: Console, machine: MachineFindings) -> None:
    from ..version import __version__

    console.print("Machine", style="bold")
    _line(console, "artgan", __version__)
    _line(console, "Python", machine.python)
    _line(console, "torch", machine.torch)
    _line(console, "devices", ", ".join(machine.devices))
    _line(console, "threads", str(machine.threads))
    _line(console, "memory", f"{machine.memory / 2**30:.1f} GiB" if machine.memory else "unknown")
    _line(console, "cache", f"{machine.cache} ({machine.free / 2**30:.1f} GiB free)")


def _show_findings(console: Console, data: str, findings: DataFindings) -> None:
    console.print()
    console.print(findings.data.title if findings.data else data, style="bold")
    _line(console, "usable", f"{findings.count:,}")
    if findings.survey:
        _show_survey(console, findings.survey)
    if findings.data:
        _show_data(console, findings.data)

    for note in findings.data.notes if findings.data else ():
        _line(console, "note", note)
    _show_groups(console, "duplicates", findings.duplicates)
    _show_groups(console, "look alike", findings.similar)
    _line(console, "left out", f"{len(findings.left_out):,}")
    _list(console, [f"{item.name}: {item.reason}" for item in findings.left_out], len(findings.left_out))
    for advice in findings.advice:
        _line(console, "advice", advice)
    if findings.command:
        _show_proposal(console, findings)


def _show_survey(console: Console, survey: Survey) -> None:
    if pixels := survey.pixels:
        _line(console, "widths", _span(pixels.widths, "pixels"))
        _line(console, "heights", _span(pixels.heights, "pixels"))
        if pixels.modes:
            _line(console, "modes", _counts(pixels.modes))
            _line(console, "formats", _counts(pixels.formats))
        drawn = "pixel art" if pixels.pixel_art else "grey" if pixels.grey else "in colour"
        seen = f"{pixels.colours:,.0f} colours in a picture, {pixels.flat:.0%} of it flat"
        _line(
            console,
            "drawn",
            f"{drawn}{' with transparency' if pixels.alpha else ''}: {seen}, {pixels.hard_edges:.0%} of edges hard",
        )

    if tokens := survey.tokens:
        _line(console, "lengths", _span(tokens.lengths, "tokens"))
        _line(console, "script", tokens.script or "none")


def _show_data(console: Console, data: Data) -> None:
    _line(console, "trained as", " x ".join(str(side) for side in data.spec.shape))
    if tokens := data.spec.tokens:
        shown = " ".join(token for token in tokens[: 2 * SHOWN] if token.strip())
        tokeniser = data.spec.presentation.get("tokeniser", "")
        _line(console, "tokens", f"{tokeniser}, {len(tokens):,} in all, the commonest {shown}")
    _line(console, "classes", ", ".join(data.spec.classes[:SHOWN]) or "none")
    _line(console, "licence", data.licence)


def _show_proposal(console: Console, findings: DataFindings) -> None:
    from ..recipe.choices import to_text

    console.print()
    console.print("Train on it with")
    console.print(f"  {findings.command}", style="bold")
    console.print("which chooses")
    for choice in findings.choices:
        console.print(f"  {to_text(choice)}")


def _show_groups(console: Console, what: str, groups: Sequence[Sequence[str]]) -> None:
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


def _span(span: Span, unit: str) -> str:
    return f"{span.low:,.0f} to {span.high:,.0f} {unit}, median {span.middle:,.0f}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda pair: -pair[1]))
