"""`artgan evaluate`: how good and how varied the texts of a run are, beside maximum likelihood."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from rich.table import Table

    from ..evaluation.text import Row

MODEL, BASELINE = "this run", "maximum likelihood"


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--baseline", type=click.Path(path_type=Path), help="A run of preset mle.  [default: trained now]")
@click.option(
    "-n", "--count", default=5000, show_default=True, type=click.IntRange(min=100), help="Texts drawn at each T."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: RUN/evaluation]")
@plugin_option
def evaluate(run: Path, baseline: Path | None, count: int, out: Path | None, plugin: tuple[str, ...]) -> None:
    """Measure RUN's texts: quality and diversity together, over temperatures, beside maximum likelihood.

    LM is the negative log-likelihood of texts under a language model of the real ones, RLM that of held-out real texts
    under one of the texts; both are in nats per token, and lower is better. The baseline is a generator of the same
    size trained on the same data by maximum likelihood alone: without it a number means nothing. Prints a table, and
    writes it as JSON with a plot.
    """
    from ..plugins import load_plugins
    from .display import Display
    from .evaluating import Evaluation

    display = Display(quiet=False)
    evaluation = Evaluation(run, plugins=load_plugins(plugin), display=display, count=count)
    rows = evaluation.rows(evaluation.baseline(baseline))
    _print(_table(rows))
    for path in evaluation.write(rows, out or evaluation.folder / "evaluation"):
        click.echo(path, err=True)
    click.echo(evaluation.in_words(rows))


def _table(rows: list[Row]) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    names = list(dict.fromkeys(name for row in rows for name in row.values))
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("", "T", *names):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for row in rows:
        temperature = "" if row.temperature is None else f"{row.temperature:g}"
        numbers = [f"{row.values[name]:.3f}" if name in row.values else "" for name in names]
        table.add_row(row.source, temperature, *numbers)
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    Console(highlight=False, width=max(console.width, 200) if not console.is_terminal else None).print(table)
