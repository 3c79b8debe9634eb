"""`artgan weights`: files of weights that plugins need and that no distribution may hold."""

from __future__ import annotations

from pathlib import Path

import click

from .terminal import echo


@click.group()
def weights() -> None:
    """Keep files of weights that you have, for plugins that ask for them by name.

    Nothing is downloaded. A file is kept only if its SHA-256 is the one that you give, and whoever reads it checks that
    again. The folder is where the system keeps data of programs, or ARTGAN_DATA.
    """


@weights.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sha256", "digest", metavar="DIGEST", required=True, help="What the file must be, as published.")
def add(name: str, file: Path, digest: str) -> None:
    """Keep a copy of FILE as NAME, in the place of another of that name."""
    from ..api import add_weights

    kept = add_weights(name, file, sha256=digest)
    echo(f"Kept {kept.name}: {kept.size}, {kept.digest}")


@weights.command("list")
def list_() -> None:
    """List what is kept, and whether each file is what it was."""
    from ..api import list_weights
    from .table import print_table

    if rows := [(kept.name, kept.size, kept.digest, "" if kept.is_whole() else "damaged") for kept in list_weights()]:
        print_table(["weights", "size", "SHA-256", ""], rows)
    else:
        echo("no weights are kept")


@weights.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the weights that are kept as NAME."""
    from ..api import remove_weights

    kept = remove_weights(name)
    echo(f"Removed {kept.name}: {kept.digest}")
