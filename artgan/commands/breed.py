"""`artgan breed`: children of two works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import SeedOrFile, out_folder_option, plugin_option, run_argument

SEED = click.IntRange(0, 2**64 - 1)
PARENT = SeedOrFile()


@click.command(short_help="Make children of two works.")
@run_argument
@click.argument("first", type=PARENT, metavar=PARENT.name)
@click.argument("second", type=PARENT, metavar=PARENT.name)
@click.option("-n", "--count", default=8, show_default=True, type=click.IntRange(1, 10_000), help="How many children.")
@click.option("--from", "start", default=0, show_default=True, type=SEED, help="Number of the first child.")
@out_folder_option
@plugin_option
def breed(
    run: Path,
    first: int | Path,
    second: int | Path,
    count: int,
    start: int,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Make children of two works of RUN, each given by its seed or its file.

    A child has each number of its latent from one parent or the other, by a fair coin; its number decides the coins, so
    that the same number always makes the same child. Its record tells of the parents, by seed or by latent, and `artgan
    remake` makes it again. A file may be what `sample`, `breed` or `project` wrote; it must be a work of this very
    model.
    """
    from ..api import BreedRequest
    from ..api import breed as make_children
    from ..plugins.loader import load_plugins
    from .display import Display
    from .works import print_works

    request = BreedRequest(run=run, parents=(first, second), count=count, start=start, out=out)
    display = Display(quiet=False)
    print_works(make_children(request, plugins=load_plugins(plugin), reporter=display), display)
