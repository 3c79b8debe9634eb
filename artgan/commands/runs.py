"""`artgan runs`: what was trained, whether it is whole, and how much room it takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import json_option
from .table import print_table
from .terminal import echo, echo_json

RUNS = click.argument("runs", nargs=-1, metavar="[RUN]...", type=click.Path(path_type=Path))


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List the runs in this folder with step, state and size."""
    if context.invoked_subcommand:
        return
    from ..api import list_runs
    from ..files import in_size

    found = list_runs()
    if as_json:
        echo_json(found)
        return
    if not found:
        echo("no runs here: artgan run starts one")
        return
    rows = [
        (run.run, f"{run.step:,} of {run.steps:,}", run.state, in_size(run.bytes), str(run.checkpoints))
        for run in found
    ]
    print_table(["run", "step", "state", "size", "checkpoints"], rows, left=(0, 2))


@runs.command(short_help="Read every checkpoint, and tell which are whole.")
@RUNS
@json_option
def verify(runs: Sequence[Path], as_json: bool) -> int:
    """Read every checkpoint of RUN, or of all runs, and compare it with its SHA-256."""
    from ..api import verify_runs

    damaged, verdicts = False, []
    for verdict in verify_runs(runs):
        damaged |= bool(verdict.fault)
        verdicts.append(verdict)
        if not as_json:
            echo(f"{verdict.run} {verdict.checkpoint}: {verdict.fault or 'whole'}")
    if as_json:
        echo_json(verdicts)
    return int(damaged)


@runs.command(short_help="Remove all but the newest whole checkpoints.")
@RUNS
@click.option("--keep", default=1, show_default=True, type=click.IntRange(1), help="Whole checkpoints that stay.")
@json_option
def prune(runs: Sequence[Path], keep: int, as_json: bool) -> None:
    """Remove all but the newest whole checkpoints of RUN, or of all runs, and what processes that died have left."""
    from ..api import prune_runs
    from ..files import in_size

    freed = []
    for pruned in prune_runs(runs, keep=keep):
        freed.append(pruned)
        if not as_json:
            echo(f"{pruned.run}: {in_size(pruned.freed)} freed")
    if as_json:
        echo_json(freed)
