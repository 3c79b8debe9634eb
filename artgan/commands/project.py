"""`artgan project`: the work that is nearest to a real picture, text or tune."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import class_option, out_folder_option, plugin_option, run_argument
from .terminal import echo

if TYPE_CHECKING:
    from ..artworks.projection import Likelihood, Projection


@click.command(short_help="Look for the work that is nearest to a picture, text or tune.")
@run_argument
@click.argument("picture", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--steps", default=500, show_default=True, type=click.IntRange(1, 100_000), help="Of each descent.")
@click.option("--starts", default=4, show_default=True, type=click.IntRange(1, 64), help="Descents to choose from.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**64 - 1), help="Of the search.")
@class_option("that of each start")
@out_folder_option
@plugin_option
def project(
    run: Path,
    picture: Path,
    *,
    steps: int,
    starts: int,
    seed: int,
    label: str | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Look for the work of RUN that is nearest to FILE: a picture in a common format, a text, or a tune in MIDI or ABC.

    A picture is brought to the size and channels of RUN's works, as its data was. From the nearest of 500 seeds the
    latent is improved step by step (Bora et al. 2017). Of texts and tunes the latent is sought under which FILE is
    likeliest, and of 64 works of that latent the one is taken that is the fewest edits from it.

    The work is written, and beside it a sheet with FILE to the left as the generator sees it. The record holds the
    latent, so that `artgan remake` makes the work again; of FILE it holds a digest, and neither its name nor its place.
    `artgan breed` and `artgan walk` lead on from the work.
    """
    from ..api import ProjectRequest
    from ..api import project as find_nearest
    from ..plugins.loader import load_plugins
    from .display import Display
    from .stop_advice import stoppable

    request = ProjectRequest(run=run, picture=picture, steps=steps, starts=starts, seed=seed, label=label, out=out)
    display = Display(quiet=False)
    with stoppable() as stop:
        stop.advice = "Stopped: nothing was written."

        def found(projection: Projection) -> None:
            display.say(_to_text(projection))
            stop.advice = "Stopped while the work was written."

        made = find_nearest(request, plugins=load_plugins(plugin), reporter=display, found=found)
    for path in (made.work.path, made.beside):
        echo(path)


def _to_text(found: Projection) -> str:
    if found.likelihood:
        return _of_tokens(found, found.likelihood)

    from ..artworks.projection import SEEDS

    whole = " of 255 levels" if found.sample.dtype == "uint8" else ""
    return (
        f"{found.distance:.1f}{whole} from the picture, as the mean over all pixels. The nearest of {SEEDS} seeds "
        f"({found.nearest}) is {found.nearest_distance:.1f} from it, and a usual one {found.usual_distance:.1f}."
    )


def _of_tokens(found: Projection, likelihood: Likelihood) -> str:
    from ..artworks.token_projection import DRAWS

    return (
        f"{found.distance:.0%} of it must be changed to make what was given, token by token. The nearest of {DRAWS} "
        f"seeds ({found.nearest}) takes {found.nearest_distance:.0%}, and a usual one {found.usual_distance:.0%}. "
        f"To write it takes {likelihood.found:.2f} bits a token here, and {likelihood.usual:.2f} under a usual latent."
    )
