"""``artgan sample``: new works of a trained model."""

from __future__ import annotations

from pathlib import Path

import click

SHEET_COLUMNS = 8


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, help="Seed of the first work; the others follow one by one.")
@click.option("-n", "--count", default=16, show_default=True, type=click.IntRange(1), help="How many works.")
@click.option(
    "--truncation",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 10, min_open=True),
    help="Below 1: more typical works, and less varied.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]")
def sample(run: Path, seed: int, count: int, truncation: float, out: Path | None) -> None:
    """Make new works of RUN: a run's folder, its folder in a gallery, or a model.safetensors."""
    from artgan.modelfile import locate_model

    path = locate_model(run)

    import numpy as np

    from artgan.gallery.works import make_works
    from artgan.model import Model
    from artgan.plugins import load_plugins

    model = Model.load(path, load_plugins().registry)
    folder = out or (run if run.is_dir() else run.parent) / "samples"
    works = make_works(model, folder, range(seed, seed + count), truncation=truncation)
    psi = "" if truncation == 1 else f"-psi-{truncation}"
    sheet = folder / f"sheet-{seed:08d}-{count}{psi}.png"
    model.modality.write_sheet(sheet, np.stack([work.sample for work in works]), SHEET_COLUMNS)
    for written in [*(work.path for work in works), sheet]:
        click.echo(written)
