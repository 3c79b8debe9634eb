"""``artgan walk``: works on the way from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from .options import (
    Grid,
    OutFile,
    SeedOrFile,
    Seeds,
    given_sampling,
    move_option,
    option_group,
    plugin_option,
    run_argument,
    sampling_options,
    truncation_option,
)
from .terminal import echo

if TYPE_CHECKING:
    from ..api import FilmRequest


ALONE = ("frames", "loop", "kind", "along", "grid", "ease", "hold")
"""What cannot be chosen where the music decides how works move."""
BY = 2.0
"""How far a direction follows a band at most, where nothing is said."""


def _bands(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, float]]:
    """Return the directions that follow bands, of texts such as ``bass=weight`` and ``treble=2:1.5``."""
    from ..errors import UsageError

    bands: dict[str, tuple[str, float]] = {}
    for text in given:
        band, equals, wanted = text.partition("=")
        name, colon, by = wanted.rpartition(":") if ":" in wanted else (wanted, "", "")
        try:
            bands[band] = name, float(by) if colon else BY
        except ValueError:
            name = ""
        if not (equals and band and name):
            raise UsageError(
                f"cannot read --map {text}: write BAND=DIRECTION or BAND=DIRECTION:BY, as in bass=weight:2"
            )
    return bands


music_options = option_group(
    click.option(
        "--music", type=click.Path(path_type=Path), help="Let works move with music: WAV, FLAC, OGG, MP3; makes an MP4."
    ),
    click.option(
        "--beats", default=4, show_default=True, type=click.IntRange(1, 64), help="With --music: from work to work."
    ),
    click.option(
        "--map", "bands", multiple=True, metavar="BAND=DIRECTION[:BY]", callback=_bands,
        help="With --music: let a direction follow the bass, mid or treble; may be given more than once.",
    ),
    click.option("--hang", is_flag=True, help="With --music: let the run's page play it."),
)  # fmt: skip


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
@music_options
@move_option
@truncation_option
@sampling_options
@click.option("--out", type=OutFile(), help="The file.  [default: in RUN's samples]")
@plugin_option
@click.pass_context
def walk(
    context: click.Context,
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
    music: Path | None,
    beats: int,
    bands: Mapping[str, tuple[str, float]],
    hang: bool,
    moves: Mapping[str, float],
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

    With --music, works move the faster the louder it is and the more begins, and turn from beat to beat: the film ends
    with the music, which it has.

    Text is printed, a work a line, and written as a sheet with its record beside it: what is drawn at random stays that
    of the first work, so that the latent alone changes it.
    """
    if music is not None:
        from ..api import FilmRequest

        _check_music(context)
        _make_film(
            FilmRequest(
                run=run,
                music=music,
                stops=_stops(seeds, seed, one=False),
                beats=beats,
                bands=bands,
                moves=moves,
                rate=fps,
                truncation=truncation,
                sampling=given_sampling(temperature, top_k, sampling),
                out=out,
                hang=hang,
            ),
            plugin,
        )
        return

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
        moves=moves,
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
    for file in (made.file, *made.beside):
        echo(file, err=bool(made.texts))


def _make_film(request: FilmRequest, plugin: Sequence[str]) -> None:
    from ..api import film
    from ..plugins.loader import load_plugins
    from .display import Display

    display = Display(quiet=False)
    made = film(request, plugins=load_plugins(plugin), reporter=display)
    display.say(f"{made.frames:,} works in {made.seconds:.2f} s, with {made.beats:,} beats found")
    echo(made.file)
    if made.page:
        echo(made.page)


def _check_music(context: click.Context) -> None:
    """Check that nothing is chosen that the music decides.

    Raises:
        UsageError: naming the option.
    """
    from ..errors import UsageError

    for parameter in context.command.params:
        if parameter.name in ALONE and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"--music says how many works there are and how they move: leave out {parameter.opts[0]}")


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
