"""`artgan gallery`: what was made, as people look at it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import plugin_option
from .terminal import echo

place = click.argument(
    "folder", metavar="[GALLERY]", default="gallery", type=click.Path(file_okay=False, path_type=Path)
)


@click.group(short_help="Build, open or serve a gallery.")
def gallery() -> None:
    """Build, open or serve a gallery: the folder GALLERY, or else the one here."""


@gallery.command(short_help="Write all pages anew.")
@place
@plugin_option
def build(folder: Path, plugin: Sequence[str]) -> None:
    """Write all pages anew, as after an upgrade of artgan or when runs were copied or removed.

    Works stay as they are. Generators that could not run in their pages so far are tried again, which takes the extra
    artgan[live].
    """
    from ..api import build_gallery
    from ..plugins.loader import load_plugins
    from .display import Display

    display = Display(quiet=False)
    built = build_gallery(folder, plugins=load_plugins(plugin))
    for item in built.left_out:
        display.warn(f"{item.name} is left out: {item.reason}")
    for item in built.kept:
        display.warn(f"{item.name} stays as it is: {item.reason}")
    echo(built.page)


@gallery.command("open")
@place
def open_(folder: Path) -> None:
    """Open the gallery in a browser."""
    from ..api import gallery_page

    page = gallery_page(folder)
    echo(page)
    click.launch(page.resolve().as_uri())


@gallery.command(short_help="Serve the gallery to browsers on this machine.")
@place
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@plugin_option
def serve(folder: Path, port: int, plugin: Sequence[str]) -> None:
    """Serve the gallery to browsers on this machine, and to nobody else, until Ctrl-C.

    Who opens the link that is printed may stop the runs that are trained beside it, on their pages, and let them go on:
    those that were started with --plugin, with the same given here.
    """
    from ..api import gallery_server

    with gallery_server(folder, port=port, files=plugin) as server:
        echo(server.link)
        server.serve_forever()
