"""`artgan breed`: children of two works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import plugin_option

SEED = click.IntRange(0, 2**64 - 1)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("first", type=SEED, metavar="SEED")
@click.argument("second", type=SEED, metavar="SEED")
@click.option("-n", "--count", default=8, show_default=True, type=click.IntRange(1, 10_000), help="How many children.")
@click.option("--from", "start", default=0, show_default=True, type=SEED, help="Number of the first child.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]")
@plugin_option
def breed(run: Path, first: int, second: int, count: int, start: int, out: Path | None, plugin: Sequence[str]) -> None:
    """Make children of two works of RUN, by their seeds.

    A child has each number of its latent from one parent or the other, by a fair coin; its number decides the coins, so
    that the same number always makes the same child. Its record names the parents, and `artgan remake` makes it again.
    """
    import numpy as np

    from ..errors import UsageError
    from ..gallery.works import make_works
    from ..model import load_newest
    from ..modelfile import FILE_NAME
    from ..plugins import load_plugins
    from .display import Display
    from .sample import SHEET_COLUMNS, SHOWN, samples_folder

    if start + count > 2**64:
        raise UsageError(f"--from {start} leaves no room for {count} children: their numbers end at {2**64 - 1}")
    model, place = load_newest(run, load_plugins(plugin).registry)
    folder = out or samples_folder(place)
    display = Display(quiet=False)
    with display.progress() as progress:
        children = make_works(model, folder, range(start, start + count), parents=(first, second), progress=progress)
    model.save(folder / FILE_NAME)  # as in `artgan sample`
    samples = np.stack([work.sample for work in children])
    family = np.concatenate([model.render([first, second]), samples])
    sheet = folder / f"family-{first}-{second}-{start}-{count}{model.modality.exact_sheet_suffix}"
    model.modality.write_sheet(sheet, family, SHEET_COLUMNS)
    for text in model.modality.in_words(samples)[:SHOWN]:
        display.say(f"{text}\n")
    for written in [*(work.path for work in children), sheet]:
        click.echo(written)
