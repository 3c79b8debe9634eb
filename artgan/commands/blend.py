"""`artgan blend`: the coarse layers of one model and the fine layers of another, as one model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ..shell import command
from .options import OutFile, plugin_option
from .terminal import echo


@click.command(short_help="Put layers of two models together.")
@click.argument("coarse", type=click.Path(path_type=Path))
@click.argument("fine", type=click.Path(path_type=Path))
@click.option(
    "--at", default=16, show_default=True, type=click.IntRange(1), help="Size in pixels up to which layers are coarse."
)
@click.option("--out", type=OutFile(), help="A new file that ends in .artgan.  [default: called as both, here]")
@click.option("--hang", is_flag=True, help="Hang works of it in the gallery beside the file.")
@plugin_option
def blend(coarse: Path, fine: Path, *, at: int, out: Path | None, hang: bool, plugin: Sequence[str]) -> None:
    """Put the coarse layers of COARSE and the fine layers of FINE together, of which one was started from the other.

    \b
    artgan run ./portraits --name portraits
    artgan run ./ink --name ink --from portraits
    artgan blend portraits ink --at 16

    What stands where comes from the coarse layers, strokes and colours from the fine ones (Pinkney & Adler 2020). The
    file is a model as any other: artgan sample, walk, breed, project and poster take it.
    """
    from ..api import BlendRequest
    from ..api import blend as blend_models
    from ..plugins.loader import load_plugins
    from .display import Display

    request = BlendRequest(
        coarse=coarse, fine=fine, at=at, file=out, hang=hang, command=command("artgan", *sys.argv[1:])
    )
    display = Display(quiet=False)
    made = blend_models(request, plugins=load_plugins(plugin), reporter=display)
    sizes = ", ".join(map(str, made.sizes))
    echo(
        f"{made.file}: {100 * made.coarse_share:.3g} % of its numbers are of {coarse}, the rest of {fine}; layers work "
        f"at {sizes} pixels; SHA-256 of weights {made.weights_digest}"
    )
    echo(f"The licence of the data of both: {made.licence}; say so wherever you share it.")
    if made.page:
        echo(made.page)
