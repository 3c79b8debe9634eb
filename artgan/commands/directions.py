"""`artgan directions`: along which lines a model's works change most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from .options import assignments, json_option, plugin_option, run_argument
from .table import print_table
from .terminal import echo, echo_json


@click.command(short_help="Find sliders that change works.")
@run_argument
@click.option("-n", "--count", type=click.IntRange(1, 32), help="How many.  [default: those there are, or 8]")
@click.option("--anew", is_flag=True, help="Look for them although it has some, as after its run went on.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NUMBER=NAME",
    callback=assignments("2=weight"),
    help="Call a direction by a name; may be given more than once.",
)
@json_option
@plugin_option
def directions(
    run: Path,
    *,
    count: int | None,
    anew: bool,
    names: Mapping[str, str],
    as_json: bool,
    plugin: Sequence[str],
) -> None:
    """Find the directions in latent space along which RUN's pictures change most, without labels.

    They are kept in the model's file, whose works stay what they are, and shown on its page, as strips and as sliders.
    Look at the strips, give names (`artgan directions RUN --name 2=weight`), and move works along them: `artgan sample
    RUN --seed 7 --move weight=2.5`. What stands beside each is how much it changes pictures, where random directions of
    the same length change them by 1. When the run goes on they are kept, and measured again; --anew finds those of its
    new weights, of which the ones that lead the same way keep their names.
    """
    from ..api import DirectionsRequest
    from ..api import directions as find
    from ..plugins.loader import load_plugins
    from .display import Display

    request = DirectionsRequest(run=run, count=count, anew=anew, names=names)
    made = find(request, plugins=load_plugins(plugin), reporter=Display(quiet=False))
    if as_json:
        echo_json([found.to_table() for found in made.directions])
        return
    rows = [(str(number), found.name, f"{found.change:.1f}") for number, found in enumerate(made.directions, start=1)]
    print_table(["direction", "name", "change"], rows, left=(1,))
    echo(made.page or made.file, err=True)
