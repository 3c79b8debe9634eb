"""`artgan weights`: files of weights that plugins need and that no distribution may hold."""

from __future__ import annotations

from pathlib import Path

import click

from .options import json_option
from .terminal import echo, echo_json


@click.group(short_help="Keep files of weights for plugins that ask for them.")
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
@json_option
def list_(as_json: bool) -> None:
    """List what is kept, and whether each file is what it was."""
    from ..api import list_weights
    from .table import print_table

    kept = [(file, file.is_whole()) for file in list_weights()]
    if as_json:
        echo_json(
            [{"name": file.name, "path": file.path, "sha256": file.digest, "whole": whole} for file, whole in kept]
        )
    elif kept:
        rows = [(file.name, file.size, file.digest, "" if whole else "damaged") for file, whole in kept]
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
