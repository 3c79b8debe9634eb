"""``artgan walk``: works on the way from one seed to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import plugin_option

SHEET_COLUMNS = 8


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--from", "first", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="The first seed."
)
@click.option("--to", "last", default=1, show_default=True, type=click.IntRange(0, 2**64 - 1), help="The last seed.")
@click.option("-n", "--count", default=12, show_default=True, type=click.IntRange(2, 1000), help="How many works.")
@click.option("--temperature", type=float, help="For text: below 1 for likelier works.  [default: as trained]")
@click.option("--top-k", type=int, help="For text: draw from the likeliest tokens alone.  [default: as trained]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The sheet.  [default: in RUN's samples]")
@plugin_option
def walk(
    run: Path,
    first: int,
    last: int,
    count: int,
    temperature: float | None,
    top_k: int | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Walk through RUN's latents from one seed to another, along the arc between them.

    Text is printed, a work a line: what is drawn at random stays that of the first seed, so that the latent alone
    changes it. All works are written as one sheet.
    """
    from ..model import load_newest
    from ..plugins import load_plugins
    from .sample import chosen_sampling, samples_folder

    model, path = load_newest(run, load_plugins(plugin).registry)
    model = model.with_sampling(chosen_sampling(temperature, top_k))
    works = model.walk(first, last, count)
    sheet = out or samples_folder(path) / f"walk-{first}-{last}-{count}{model.modality.exact_sheet_suffix}"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    model.modality.write_sheet(sheet, works, SHEET_COLUMNS)
    for text in model.modality.in_words(works):
        click.echo(" / ".join(text.split("\n")))
    click.echo(sheet, err=bool(model.modality.in_words(works[:1])))
