"""``artgan walk``: works on the way from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from .options import Seeds, plugin_option

MOVING, STILL = 120, 12
"""Frames where no number is given, of a walk that moves and of one that is a sheet."""


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--seeds",
    default="0,1",
    show_default=True,
    type=Seeds(least=2, files=True),
    help="Where the walk leads through: seeds, or works of this very model.",
)
@click.option("--frames", type=click.IntRange(2, 100_000), help="How many works.  [default: 120, of text 12]")
@click.option("--loop", is_flag=True, help="Walk back from the last work to the first.")
@click.option("--path", "kind", default="slerp", show_default=True, type=click.Choice(("slerp", "spline")), help="How.")
@click.option("--fps", default=24.0, show_default=True, type=click.FloatRange(1, 100), help="Works shown in a second.")
@click.option(
    "--truncation",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 10, min_open=True),
    help="Factor of the latents; below 1: more typical works, and less varied.",
)
@click.option("--temperature", type=float, help="For text: below 1 for likelier works.  [default: as trained]")
@click.option("--top-k", type=int, help="For text: draw from the likeliest tokens alone.  [default: as trained]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file.  [default: in RUN's samples]")
@plugin_option
def walk(
    run: Path,
    seeds: tuple[int | Path, ...],
    frames: int | None,
    loop: bool,
    kind: str,
    fps: float,
    truncation: float,
    temperature: float | None,
    top_k: int | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Walk through RUN's latents from work to work: along great arcs, or on a spline through all of them.

    Pictures become an animation: WebP, or what --out ends in (.png, .gif, and, with the package av, .mp4 and .webm). It
    carries its record, which also lies beside it as JSON; `artgan about` prints it. Frames are made and written one by
    one, so that a long walk takes no more memory than a short one.

    Text is printed, a work a line, and written as a sheet with its record beside it: what is drawn at random stays that
    of the first work, so that the latent alone changes it.
    """
    from ..artworks.model import load_newest
    from ..artworks.origin import SeedStart, are_recordable
    from ..artworks.places import samples_folder
    from ..artworks.walk import Walk, write_walk
    from ..artworks.work import start_from
    from ..errors import UsageError
    from ..plugins.loader import load_plugins
    from .display import Display
    from .sample import chosen_sampling

    model, place = load_newest(run, load_plugins(plugin).registry)
    model = model.with_sampling(chosen_sampling(temperature, top_k))
    suffixes = model.modality.walk_suffixes or (model.modality.exact_sheet_suffix,)
    if out is not None and out.suffix not in suffixes:
        raise UsageError(f"--out {out} ends in no format that a walk can be written in: {', '.join(suffixes)}")
    count = frames or (MOVING if model.modality.walk_suffixes else STILL)
    if count < len(seeds):
        raise UsageError(f"--frames {count} are fewer than the {len(seeds)} seeds")
    stops = tuple(start_from(seed, model) if isinstance(seed, Path) else SeedStart(seed) for seed in seeds)
    if not are_recordable(stops):
        raise UsageError("the latents of so many works do not fit into a record: give fewer files, or seeds")
    way = Walk.of(model, stops, count, path=kind, loop=loop, rate=fps, truncation=truncation)
    file = out or samples_folder(place) / f"{way.stem(model.changed)}{suffixes[0]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    with Display(quiet=False).progress() as progress:
        words = write_walk(model, file, way, progress)
    for text in words:
        click.echo(" / ".join(text.split("\n")))
    click.echo(file, err=bool(words))
