"""`artgan runs`: what was trained, whether it is whole, and how much room it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

RUNS = click.argument("runs", nargs=-1, metavar="[RUN]...", type=click.Path(path_type=Path))


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List the runs in this folder with step, state and size."""
    if context.invoked_subcommand:
        return
    from ..api import list_runs
    from ..files import in_size

    found = list_runs()
    if as_json:
        click.echo(json.dumps([asdict(run) for run in found], ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("no runs here: artgan run starts one")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for name in ("run", "step", "state", "size", "checkpoints"):
        table.add_column(name, justify="right" if name in ("step", "size", "checkpoints") else "left")
    for run in found:
        step = f"{run.step:,} of {run.steps:,}"
        table.add_row(run.run, step, run.state, in_size(run.bytes), str(run.checkpoints))
    Console().print(table)


@runs.command()
@RUNS
def verify(runs: Sequence[Path]) -> int:
    """Read every checkpoint of RUN, or of all runs, and compare it with its SHA-256."""
    from ..api import verify_runs

    damaged = False
    for verdict in verify_runs(runs):
        damaged |= bool(verdict.fault)
        click.echo(f"{verdict.run} {verdict.checkpoint}: {verdict.fault or 'whole'}")
    return int(damaged)


@runs.command()
@RUNS
@click.option("--keep", default=1, show_default=True, type=click.IntRange(1), help="Whole checkpoints that stay.")
def prune(runs: Sequence[Path], keep: int) -> None:
    """Remove all but the newest whole checkpoints of RUN, or of all runs, and what processes that died have left."""
    from ..api import prune_runs
    from ..files import in_size

    for pruned in prune_runs(runs, keep=keep):
        click.echo(f"{pruned.run}: {in_size(pruned.freed)} freed")
