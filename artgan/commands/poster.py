"""`artgan poster`: works of a run on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from ..model import Model


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="Seed of the first work.")
@click.option("-n", "--count", default=48, show_default=True, type=click.IntRange(1, 1000), help="How many works.")
@click.option("--columns", type=click.IntRange(1, 100), help="Works in a row.  [default: as fit the sheet best]")
@click.option("--title", help="What stands above.  [default: the title of the data]")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="PDF.  [default: poster.pdf, in RUN's samples]"
)
@plugin_option
def poster(
    run: Path,
    seed: int,
    count: int,
    columns: int | None,
    title: str | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Set pictures of RUN on one sheet of A3 at 300 dots an inch, as PDF and, beside it, PNG.

    Under them stand their seeds, what they were trained on, its licence, and that they are AI-generated.
    """
    from ..errors import UsageError
    from ..gallery.poster import Poster
    from ..model import load_newest
    from ..plugins import load_plugins
    from .display import Display
    from .sample import samples_folder

    if seed + count > 2**64:
        raise UsageError(f"--seed {seed} leaves no room for {count} works: seeds end at {2**64 - 1}")
    if out is not None and out.suffix != ".pdf":
        raise UsageError(f"--out {out} must end in .pdf; a PNG is written beside it")
    model, place = load_newest(run, load_plugins(plugin).registry)
    _check(model)
    seeds = range(seed, seed + count)
    with Display(quiet=False).progress() as progress:
        samples = []
        for done, own in enumerate(seeds, start=1):
            samples.append(model.render([own])[0])
            progress("making works", done, count)
    sheet = Poster(samples, seeds, model, title=title or model.provenance.dataset, columns=columns)
    path = out or samples_folder(place) / "poster.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    for written in sheet.write(path):
        click.echo(written)


def _check(model: Model) -> None:
    from ..errors import UsageError

    if len(model.spec.shape) != 3:
        raise UsageError(f"a poster is of pictures, and this run makes {model.spec.modality}: print its page instead")
