"""`artgan gallery`: what was made, as people look at it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import plugin_option

INDEX = "index.html"
place = click.argument(
    "folder", metavar="[GALLERY]", default="gallery", type=click.Path(file_okay=False, path_type=Path)
)


@click.group()
def gallery() -> None:
    """Build, open or serve a gallery: the folder GALLERY, or else the one here."""


@gallery.command()
@place
@plugin_option
def build(folder: Path, plugin: Sequence[str]) -> None:
    """Write all pages anew, as after an upgrade of artgan or when runs were copied or removed.

    Works stay as they are. Generators that could not run in their pages so far are tried again, which takes the extra
    artgan[live].
    """
    from ..gallery.build import rebuild
    from ..plugins.loader import load_plugins
    from .display import Display

    _check(folder, "*/run.json")
    display = Display(quiet=False)
    for item in rebuild(folder, load_plugins(plugin).registry):
        display.warn(f"{item.name} is left out: {item.reason}")
    click.echo(folder / INDEX)


@gallery.command("open")
@place
def open_(folder: Path) -> None:
    """Open the gallery in a browser."""
    _check(folder, INDEX)
    click.echo(folder / INDEX)
    click.launch((folder / INDEX).resolve().as_uri())


@gallery.command()
@place
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
def serve(folder: Path, port: int) -> None:
    """Serve the gallery to browsers on this machine, and to nobody else, until Ctrl-C."""
    from ..errors import ArtganError
    from ..gallery.server import LOOPBACK, server

    _check(folder, INDEX)
    try:
        running = server(folder, port)
    except OSError as error:
        raise ArtganError(f"cannot serve at port {port}: {error.strerror}; choose another --port") from None
    with running:
        click.echo(f"http://{LOOPBACK}:{running.server_port}/")
        running.serve_forever()


def _check(folder: Path, needed: str) -> None:
    from ..errors import UsageError

    if not any(folder.glob(needed)):
        raise UsageError(f"{folder} is no gallery (it has no {needed}): artgan run makes one, or give its folder")
