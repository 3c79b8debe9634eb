"""`artgan breed`: children of two works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import SeedOrFile, plugin_option

SEED = click.IntRange(0, 2**64 - 1)
PARENT = SeedOrFile()


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("first", type=PARENT, metavar=PARENT.name)
@click.argument("second", type=PARENT, metavar=PARENT.name)
@click.option("-n", "--count", default=8, show_default=True, type=click.IntRange(1, 10_000), help="How many children.")
@click.option("--from", "start", default=0, show_default=True, type=SEED, help="Number of the first child.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]")
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
    import numpy as np

    from ..artworks.model import load_newest
    from ..artworks.model_file import FILE_NAME
    from ..artworks.origin import SeedStart, are_recordable
    from ..artworks.places import samples_folder
    from ..artworks.work import make_works, start_from
    from ..errors import UsageError
    from ..plugins.loader import load_plugins
    from .display import Display
    from .sample import SHEET_COLUMNS, SHOWN

    if start + count > 2**64:
        raise UsageError(f"--from {start} leaves no room for {count} children: their numbers end at {2**64 - 1}")
    model, place = load_newest(run, load_plugins(plugin).registry)
    parents = tuple(
        start_from(given, model) if isinstance(given, Path) else SeedStart(given) for given in (first, second)
    )
    if not are_recordable(parents):
        raise UsageError("the latents of two works of this model do not fit into a record: give one by its seed")
    folder = out or samples_folder(place)
    display = Display(quiet=False)
    with display.progress() as progress:
        origins = [model.origin(number, parents=parents) for number in range(start, start + count)]
        children = make_works(model, folder, origins, progress=progress)
    model.save(folder / FILE_NAME)  # as in `artgan sample`
    samples = np.stack([work.sample for work in children])
    shown = [
        model.render_latent(parent.latent(model.generator.latent), seed=parent.seed, label=model.label_at(parent))
        for parent in parents
    ]
    family = np.concatenate([np.stack(shown), samples])
    sheet = (
        folder
        / f"family-{'-'.join(parent.name for parent in parents)}-{start}-{count}{model.modality.exact_sheet_suffix}"
    )
    model.modality.write_sheet(sheet, family, SHEET_COLUMNS)
    for text in model.modality.to_text(samples)[:SHOWN]:
        display.say(f"{text}\n")
    for written in [*(work.path for work in children), sheet]:
        click.echo(written)
