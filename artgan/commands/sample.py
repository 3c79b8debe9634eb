"""`artgan sample`: new works of a trained model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    class_option,
    component_option,
    given_sampling,
    mix_option,
    move_option,
    out_folder_option,
    plugin_option,
    run_argument,
    sampling_options,
    truncation_option,
)

if TYPE_CHECKING:
    from ..api import MixRequest

MOST_WORKS = 100_000


@click.command(short_help="Make new works of a run or a model.")
@run_argument
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**64 - 1),
    help="Seed of the first work; the others follow one by one.",
)
@click.option(
    "-n", "--count", default=16, show_default=True, type=click.IntRange(1, MOST_WORKS), help="How many works."
)
@truncation_option
@move_option
@mix_option
@class_option("they take turns")
@sampling_options
@click.option("--prompt", metavar="WORDS", help="For text: the words that works begin with.")
@component_option("constraint", "For text: what works are held to while they are drawn.")
@click.option("--batch", is_flag=True, help="Render many at a time on the device: quick, and next to exactly.")
@click.option("--device", default="auto", show_default=True, help="Where batches are rendered.")
@out_folder_option
@plugin_option
def sample(
    run: Path,
    *,
    seed: int,
    count: int,
    truncation: float,
    moves: Mapping[str, float],
    mixes: Sequence[MixRequest],
    label: str | None,
    temperature: float | None,
    top_k: int | None,
    sampling: Mapping[str, object],
    prompt: str | None,
    constraint: str | None,
    batch: bool,
    device: str,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Make new works of RUN: a run's name or folder, its folder in a gallery, or a model's file.

    Works that are there already are not made again: interrupted, the same command goes on. With --batch pictures are
    rendered in float32, many at a time; their records say so, and `artgan remake` allows for a difference that no eye
    sees. Where layers take styles, as with generator style of artgan-style, --mix 8@fine draws shapes of the work's own
    seed in the colours of seed 8, and --mix 8,9,11@coarse makes a table: a row for each work, a column for each seed.
    """
    from ..api import SampleRequest
    from ..api import sample as make_works
    from ..plugins.loader import load_plugins
    from .display import Display
    from .stop_advice import stoppable
    from .works import print_works

    asked = {name: value for name, value in (("prompt", prompt), ("constraint", constraint)) if value is not None}
    request = SampleRequest(
        run=run,
        seed=seed,
        count=count,
        truncation=truncation,
        moves=moves,
        mixes=mixes,
        label=label,
        sampling=given_sampling(temperature, top_k, sampling) | asked,
        batch=batch,
        device=device,
        out=out,
    )
    display = Display(quiet=False)
    with stoppable() as stop:
        stop.advice = "Stopped: the works that are made stay, and the same command goes on with the others."
        made = make_works(request, plugins=load_plugins(plugin), reporter=display)
    print_works(made, display)
