"""`artgan poster`: works of a run on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from .options import Seeds, plugin_option

MOST = 1000


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="Seed of the first work.")
@click.option("-n", "--count", default=48, show_default=True, type=click.IntRange(1, MOST), help="How many works.")
@click.option("--seeds", "chosen", type=Seeds(least=1), help="The works themselves, in this order.")
@click.option("--columns", type=click.IntRange(1, 100), help="Works in a row.  [default: as fit the sheet best]")
@click.option("--title", help="What stands above.  [default: the title of the data]")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="PDF.  [default: poster.pdf, in RUN's samples]"
)
@plugin_option
@click.pass_context
def poster(
    context: click.Context,
    run: Path,
    seed: int,
    count: int,
    chosen: tuple[int, ...] | None,
    columns: int | None,
    title: str | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Set pictures or texts of RUN on one sheet of A3 at 300 dots an inch, as PDF and, beside it, PNG.

    Under them stand their seeds, what they were trained on, its licence, and that they are AI-generated.
    """
    from ..artworks.model import load_newest
    from ..artworks.places import samples_folder
    from ..artworks.work import tracked
    from ..errors import UsageError
    from ..gallery.poster.sheet import Poster, on_paper
    from ..plugins.loader import load_plugins
    from .display import Display

    if chosen and any(context.get_parameter_source(name) != ParameterSource.DEFAULT for name in ("seed", "count")):
        raise UsageError("--seeds says which works there are: leave out --seed and --count")
    if chosen and len(chosen) > MOST:
        raise UsageError(f"--seeds names {len(chosen):,} works; at most {MOST:,} have room")
    if seed + count > 2**64:
        raise UsageError(f"--seed {seed} leaves no room for {count} works: seeds end at {2**64 - 1}")
    if out is not None and out.suffix != ".pdf":
        raise UsageError(f"--out {out} must end in .pdf; a PNG is written beside it")
    model, place = load_newest(run, load_plugins(plugin).registry)
    seeds, display = chosen or range(seed, seed + count), Display(quiet=False)
    with display.progress() as progress:
        made = (model.render([own])[0] for own in seeds)
        samples = list(tracked(made, len(seeds), progress, "making works"))
    pictures, left_out = on_paper(model, samples)
    sheet = Poster(pictures, seeds, model, title=title or model.provenance.dataset, columns=columns)
    path = out or samples_folder(place) / "poster.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = sheet.write(path)
    if lacking := "".join(sorted({*sheet.left_out, *left_out})):
        display.warn(f"no font on this machine draws {lacking!r}: left out of what stands on the poster")
    for file in written:
        click.echo(file)
