"""``artgan walk``: works on the way from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from .options import (
    Grid,
    OutFile,
    SeedOrFile,
    Seeds,
    given_sampling,
    plugin_option,
    run_argument,
    sampling_options,
    truncation_option,
)
from .terminal import echo


@click.command(short_help="Make a film, or texts, from work to work.")
@run_argument
@click.option(
    "--seeds",
    show_default="0,1",
    type=Seeds(least=1, files=True),
    help="Where the walk leads through: seeds such as 3,8 or 0-23, or works of this very model.",
)
@click.option("--seed", type=SeedOrFile(), help="The one work that a walk along a direction, or through noise, is of.")
@click.option("--along", default="", metavar="DIRECTION", help="Lead it along what `artgan directions` has found.")
@click.option("--frames", type=click.IntRange(2, 100_000), help="How many works.  [default: 120, of text 12]")
@click.option("--loop", is_flag=True, help="Walk back from the last work to the first.")
@click.option(
    "--path", "kind", default="slerp", show_default=True, type=click.Choice(("slerp", "spline", "noise")), help="How."
)
@click.option("--grid", default="1x1", type=Grid(), help="Show so many works at once, each on a way of its own.")
@click.option("--ease", is_flag=True, help="Go slowly where a work is near.")
@click.option("--hold", default=0.0, type=click.FloatRange(0), metavar="SECONDS", help="How long each work stays.")
@click.option("--fps", default=24.0, show_default=True, type=click.FloatRange(1, 100), help="Works shown in a second.")
@truncation_option
@sampling_options
@click.option("--out", type=OutFile(), help="The file.  [default: in RUN's samples]")
@plugin_option
def walk(
    run: Path,
    *,
    seeds: tuple[int | Path, ...] | None,
    seed: int | Path | None,
    along: str,
    frames: int | None,
    loop: bool,
    kind: str,
    grid: tuple[int, int],
    ease: bool,
    hold: float,
    fps: float,
    truncation: float,
    temperature: float | None,
    top_k: int | None,
    sampling: Mapping[str, object],
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Walk through RUN's latents from work to work: along great arcs, or on a spline through all of them.

    With --along it leads one work along a direction, from three steps below to three above, and with --path noise on a
    loop through noise that begins and ends at it. With --grid 4x3 twelve works move at once, through seeds that are
    shared out evenly, or through those that follow.

    Pictures become an animation: WebP, or what --out ends in (.png, .gif, and, with the package av, .mp4 and .webm). It
    carries its record, which also lies beside it as JSON; `artgan about` prints it. Frames are made and written one by
    one, so that a long walk takes no more memory than a short one.

    Text is printed, a work a line, and written as a sheet with its record beside it: what is drawn at random stays that
    of the first work, so that the latent alone changes it.
    """
    from ..api import WalkRequest
    from ..api import walk as make_walk
    from ..plugins.loader import load_plugins
    from .display import Display

    request = WalkRequest(
        run=run,
        stops=_stops(seeds, seed, one=bool(along) or kind == "noise"),
        frames=frames,
        loop=loop,
        path=kind,
        along=along,
        grid=grid,
        ease=ease,
        hold=hold,
        rate=fps,
        truncation=truncation,
        sampling=given_sampling(temperature, top_k, sampling),
        out=out,
    )
    made = make_walk(request, plugins=load_plugins(plugin), reporter=Display(quiet=False))
    for text in made.texts:
        echo(" / ".join(text.split("\n")))
    echo(made.file, err=bool(made.texts))


def _stops(seeds: tuple[int | Path, ...] | None, seed: int | Path | None, *, one: bool) -> tuple[int | Path, ...]:
    """Return the works that a walk leads through.

    Raises:
        UsageError: if they are given in two ways.
    """
    from ..errors import UsageError

    if seed is None:
        return seeds or ((0,) if one else (0, 1))
    if seeds is not None:
        raise UsageError("give --seed or --seeds, not both")
    return (seed,)
