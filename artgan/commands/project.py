"""`artgan project`: the work that is nearest to a real picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from ..artworks.projection import Projection


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("picture", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--steps", default=500, show_default=True, type=click.IntRange(1, 100_000), help="Of each descent.")
@click.option("--starts", default=4, show_default=True, type=click.IntRange(1, 64), help="Descents to choose from.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="Of the search.")
@click.option("--class", "wanted", metavar="CLASS", help="Name or number of a class.  [default: that of each start]")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]")
@plugin_option
def project(
    run: Path,
    picture: Path,
    steps: int,
    starts: int,
    seed: int,
    wanted: str | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Look for the work of RUN that is nearest to PICTURE: a PNG, JPEG, WebP or another common format.

    The picture is brought to the size and channels of RUN's works, as its data was. From the nearest of 500 seeds the
    latent is improved step by step (Bora et al. 2017). The work is written, and beside it a sheet with the picture to
    the left as the generator sees it. The record holds the latent, so that `artgan remake` makes the work again; of the
    picture it holds a digest, and neither its name nor its place.
    """
    import tomllib

    from ..artworks.model import load_newest
    from ..artworks.model_file import FILE_NAME
    from ..artworks.places import samples_folder
    from ..artworks.work import write_projection
    from ..errors import UsageError
    from ..plugins.loader import load_plugins
    from .display import Display
    from .sample import chosen_label
    from .stopping import stoppable

    with stoppable() as stop:
        stop.advice = "Stopped: nothing was written."
        model, place = load_newest(run, load_plugins(plugin).registry)
        options = tomllib.loads(model.recipe).get("dataset")
        target = model.modality.read_real(picture, model.spec, options if isinstance(options, dict) else {})
        if "sample-gradient" not in model.generator.provides:
            raise UsageError(f"generator {model.generator.name} gives no sample-gradient, which this search needs")
        label = None if wanted is None else chosen_label(model, wanted)
        display = Display(quiet=False)

        from ..artworks.projection import project as search

        with display.progress() as progress:
            found = search(model, target, seed=seed, starts=starts, steps=steps, label=label, progress=progress)
        stop.advice = "Stopped while the work was written."
        folder = out or samples_folder(place)
        work, sheet = write_projection(model, folder, found, target, seed)
        model.save(folder / FILE_NAME)  # as in `artgan sample`
    display.say(_in_words(found))
    for path in (work.path, sheet):
        click.echo(path)


def _in_words(found: Projection) -> str:
    from ..artworks.projection import SEEDS

    whole = " of 255 levels" if found.sample.dtype == "uint8" else ""
    return (
        f"{found.distance:.1f}{whole} from the picture, as the mean over all pixels. The nearest of {SEEDS} seeds "
        f"({found.nearest}) is {found.nearest_distance:.1f} from it, and a usual one {found.usual_distance:.1f}."
    )
