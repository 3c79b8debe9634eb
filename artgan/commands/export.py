"""`artgan export`: a trained model in one file, to give to others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import OutFile, plugin_option, run_argument
from .terminal import echo


@click.command(short_help="Write a model to a file that others can use.")
@run_argument
@click.argument("file", type=OutFile())
@plugin_option
def export(run: Path, file: Path, plugin: Sequence[str]) -> None:
    """Write the newest model of RUN to FILE.artgan, for others to make works with.

    The file holds weights in safetensors, and as JSON the recipe, where the data came from and under what licence, and
    digests; neither code nor paths nor names of persons. `artgan sample FILE.artgan` makes works from it.
    """
    from ..api import ExportRequest
    from ..api import export as write_model
    from ..plugins.loader import load_plugins

    made = write_model(ExportRequest(run=run, file=file), plugins=load_plugins(plugin))
    echo(f"{made.file}: step {made.step:,}, {made.size / 1e6:.1f} MB, SHA-256 of weights {made.weights_digest}")
    echo(f"Trained on {made.dataset} ({made.licence}); say so wherever you share it.")
