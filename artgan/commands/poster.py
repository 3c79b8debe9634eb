"""`artgan poster`: works of a run on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from ..errors import UsageError
from .options import OutFile, Seeds, plugin_option, run_argument
from .terminal import echo

MOST_WORKS = 1000


@click.command(short_help="Set works on paper, as PDF.")
@run_argument
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="Seed of the first work.")
@click.option(
    "-n", "--count", default=48, show_default=True, type=click.IntRange(1, MOST_WORKS), help="How many works."
)
@click.option("--seeds", "chosen", type=Seeds(least=1), help="The works themselves, in this order.")
@click.option("--columns", type=click.IntRange(1, 100), help="Works in a row.  [default: as fit the sheet best]")
@click.option("--title", help="What stands above.  [default: the title of the data]")
@click.option("--out", type=OutFile(), help="PDF.  [default: named by the seeds, in RUN's samples]")
@plugin_option
@click.pass_context
def poster(
    context: click.Context,
    run: Path,
    *,
    seed: int,
    count: int,
    chosen: tuple[int, ...] | None,
    columns: int | None,
    title: str | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Set pictures or texts of RUN on one sheet of A3 at 300 dots an inch, as PDF and, beside it, PNG.

    Tunes are set on pages of A4, as a song sheet. Under them stand their seeds, what they were trained on, its licence,
    and that they are AI-generated.
    """
    from ..api import PosterRequest
    from ..api import poster as make_poster
    from ..plugins.loader import load_plugins
    from .display import Display

    if chosen and any(context.get_parameter_source(name) != ParameterSource.DEFAULT for name in ("seed", "count")):
        raise UsageError("--seeds says which works there are: leave out --seed and --count")
    seeds = chosen or range(seed, seed + count)
    request = PosterRequest(run=run, seeds=seeds, columns=columns, title=title or "", out=out)
    display = Display(quiet=False)
    made = make_poster(request, plugins=load_plugins(plugin), reporter=display)
    if made.left_out:
        display.warn(f"no font on this machine draws {made.left_out!r}: left out of what stands on the poster")
    for file in made.files:
        echo(file)
