"""`artgan export`: a trained model in one file, to give to others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import plugin_option


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plugin_option
def export(run: Path, file: Path, plugin: Sequence[str]) -> None:
    """Write the newest model of RUN to FILE.artgan, for others to make works with.

    The file holds weights in safetensors, and as JSON the recipe, where the data came from and under what licence, and
    digests; neither code nor paths nor names of persons. `artgan sample FILE.artgan` makes works from it.
    """
    from ..artworks.model import load_newest
    from ..errors import UsageError
    from ..plugins.loader import load_plugins

    if file.suffix != SUFFIX:
        raise UsageError(f"{file} does not end in {SUFFIX}: call it {file.with_suffix(SUFFIX).name}")
    if file.exists():
        raise UsageError(f"{file} exists already: choose another name")
    model, _ = load_newest(run, load_plugins(plugin).registry)
    model.save(file)
    provenance = model.provenance
    click.echo(
        f"{file}: step {model.step:,}, {file.stat().st_size / 1e6:.1f} MB, SHA-256 of weights {model.weights_digest}"
    )
    click.echo(f"Trained on {provenance.dataset} ({provenance.licence}); say so wherever you share it.")


SUFFIX = ".artgan"
