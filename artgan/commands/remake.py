"""``artgan remake``: a work made again from its seed, and compared with the one there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import OutFile, plugin_option
from .terminal import echo


@click.command(short_help="Prove that a work is what its record says.")
@click.argument("path", metavar="WORK", type=click.Path(path_type=Path))
@click.option(
    "--model",
    "model_path",
    type=click.Path(path_type=Path),
    help="The model that made it, or its run.  [default: looked for near WORK and in runs]",
)
@click.option("--out", type=OutFile(), help="Write the remade work here.")
@plugin_option
@click.pass_context
def remake(
    context: click.Context, path: Path, model_path: Path | None, out: Path | None, plugin: Sequence[str]
) -> None:
    """Make WORK again from the record that it carries; exit with 1 if it differs in anything.

    Works that were rendered in batches, as their records tell, may differ by 2 of 255 levels.
    """
    from ..api import RemakeRequest
    from ..api import remake as make_again
    from ..plugins.loader import load_plugins

    again = make_again(RemakeRequest(work=path, model=model_path, out=out), plugins=load_plugins(plugin))
    if again.difference:
        echo(f"{path} is not what its model makes of its seed: {again.difference}")
        context.exit(1)
    if again.within:
        echo(f"{path} is what its model makes, to within {again.within} levels of 255: it was rendered in batches")
        return
    echo(f"{path} is identical to the last {again.unit.removesuffix('s')}")
