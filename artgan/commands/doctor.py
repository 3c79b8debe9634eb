"""`artgan doctor`: what the machine has, what a dataset holds, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from ..quantities import counted
from .options import json_option, plugin_option
from .terminal import console, echo_json, escaped

if TYPE_CHECKING:
    from rich.console import Console

    from ..api import DataFindings, MachineFindings
    from ..interfaces import Data, Span, Survey

SHOWN, EXAMPLES = 10, 3
"""How many names of a kind are listed, and how many items that were left out for one reason."""


@click.command()
@click.argument("data", required=False)
@click.option("--verbose", is_flag=True, help="List all that is left out, one by one.")
@json_option
@plugin_option
def doctor(data: str | None, verbose: bool, as_json: bool, plugin: tuple[str, ...]) -> None:
    """Tell what this machine has, and what is wrong with DATA.

    DATA is a folder or zip of pictures, an array, an IDX file set, text, or a dataset's name. With it, artgan tells
    sizes, modes, formats, colours, duplicates and unreadable files, and what `artgan run` would choose for it, and why.
    Exits with 1 if DATA cannot be used.
    """
    from ..api import DoctorRequest, inspect_data, inspect_machine
    from ..errors import ArtganError
    from ..plugins.loader import load_plugins
    from .display import Display

    screen, display, machine = console(), Display(quiet=False), inspect_machine()
    if not as_json:
        _show_machine(screen, machine)
    plugins = load_plugins(plugin)
    for problem in plugins.problems:
        display.warn(str(problem))

    findings = inspect_data(DoctorRequest(data=data), plugins=plugins, reporter=display) if data else None
    if as_json:
        echo_json({"machine": machine, "data": _fields(findings) if findings else None})
    elif data and findings:
        _show_findings(screen, data, findings, verbose=verbose)
    if findings and findings.error:
        raise ArtganError(findings.error)


def _fields(findings: DataFindings) -> dict[str, object]:
    """Return what is found, without the samples themselves."""
    facts = {field.name: getattr(findings, field.name) for field in fields(findings) if field.name != "data"}
    if not (data := findings.data):
        return {"usable": findings.count, "left_out": findings.left_out, **facts}
    told = {"title": data.title, "licence": data.licence, "shape": data.spec.shape, "classes": data.spec.classes}
    return {"usable": findings.count, "left_out": findings.left_out, "notes": data.notes, **told, **facts}


def _show_machine(screen: Console, machine: MachineFindings) -> None:
    from ..version import __version__

    screen.print("Machine", style="bold")
    _line(screen, "artgan", __version__)
    _line(screen, "Python", machine.python)
    _line(screen, "torch", machine.torch)
    _line(screen, "devices", ", ".join(machine.devices))
    _line(screen, "threads", str(machine.threads))
    _line(screen, "memory", f"{machine.memory / 2**30:.1f} GiB" if machine.memory else "unknown")
    _line(screen, "cache", f"{machine.cache} ({machine.free / 2**30:.1f} GiB free)")


def _show_findings(screen: Console, data: str, findings: DataFindings, *, verbose: bool) -> None:
    screen.print()
    screen.print(escaped(findings.data.title if findings.data else data), style="bold")
    _line(screen, "usable", f"{findings.count:,}")
    if findings.survey:
        _show_survey(screen, findings.survey)
    if findings.data:
        _show_data(screen, findings.data)

    for note in findings.data.notes if findings.data else ():
        _line(screen, "note", note)
    _show_groups(screen, "duplicates", findings.duplicates)
    _show_groups(screen, "look alike", findings.similar)
    _show_left_out(screen, findings, all_of_it=verbose)
    for advice in findings.advice:
        _line(screen, "advice", advice)
    if findings.command:
        _show_proposal(screen, findings)


def _show_left_out(screen: Console, findings: DataFindings, *, all_of_it: bool) -> None:
    """Show what is left out by the reason why, with a few examples each or all of it."""
    from ..interfaces.data import told_once

    groups = findings.left_out_groups
    _line(screen, "left out", f"{sum(group.count for group in groups):,}")
    for group in groups:
        if group.count > 1:
            screen.print(f"    {group.count:,}: {escaped(group.reason)}")
        told = told_once(group.items)[: None if all_of_it else EXAMPLES]
        for line, _ in told:
            screen.print(f"    {'  ' * (group.count > 1)}{escaped(line)}")
        if more := group.count - sum(count for _, count in told):
            how = "not listed one by one" if all_of_it else "--verbose lists them"
            screen.print(f"      and {more:,} more ({how})")


def _show_survey(screen: Console, survey: Survey) -> None:
    if pixels := survey.pixels:
        _line(screen, "widths", _span(pixels.widths, "pixels"))
        _line(screen, "heights", _span(pixels.heights, "pixels"))
        if pixels.modes:
            _line(screen, "modes", _counts(pixels.modes))
            _line(screen, "formats", _counts(pixels.formats))
        drawn = "pixel art" if pixels.pixel_art else "grey" if pixels.grey else "in colour"
        seen = f"{pixels.colours:,.0f} colours in a picture, {pixels.flat:.0%} of it flat"
        _line(
            screen,
            "drawn",
            f"{drawn}{' with transparency' if pixels.alpha else ''}: {seen}, {pixels.hard_edges:.0%} of edges hard",
        )

    if tokens := survey.tokens:
        _line(screen, "lengths", _span(tokens.lengths, "tokens"))
        if tokens.tokeniser:
            _line(screen, "script", tokens.script or "none")


def _show_data(screen: Console, data: Data) -> None:
    _line(screen, "trained as", " x ".join(str(side) for side in data.spec.shape))
    if tokens := data.spec.tokens:
        shown = " ".join(token for token in tokens[: 2 * SHOWN] if token.strip())
        tokeniser = data.spec.presentation.get("tokeniser", "")
        listed = f"{tokeniser}, {len(tokens):,} in all, the commonest" if tokeniser else f"{len(tokens):,} in all:"
        _line(screen, "tokens", f"{listed} {shown}")
    _line(screen, "classes", ", ".join(data.spec.classes[:SHOWN]) or "none")
    _line(screen, "licence", data.licence)


def _show_proposal(screen: Console, findings: DataFindings) -> None:
    from ..recipe.choices import to_text

    screen.print()
    screen.print("Train on it with")
    screen.print(f"  {findings.command}", style="bold")
    screen.print("which chooses")
    for choice in findings.choices:
        screen.print(f"  {escaped(to_text(choice))}")


def _show_groups(screen: Console, what: str, groups: Sequence[Sequence[str]]) -> None:
    samples = sum(len(group) for group in groups)
    _line(screen, what, f"{samples:,} in {counted(len(groups), 'group')}" if groups else "none")
    _list(screen, [" = ".join(group[:SHOWN]) + (" ..." if len(group) > SHOWN else "") for group in groups], SHOWN)


def _line(screen: Console, what: str, value: str) -> None:
    screen.print(f"  {what:<11} {escaped(value)}")


def _list(screen: Console, items: Sequence[str], shown: int) -> None:
    for item in items[:shown]:
        screen.print(f"    {escaped(item)}")
    if len(items) > shown:
        screen.print(f"    and {len(items) - shown:,} more")


def _span(span: Span, unit: str) -> str:
    return f"{span.low:,.0f} to {span.high:,.0f} {unit}, median {span.middle:,.0f}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda pair: -pair[1]))
