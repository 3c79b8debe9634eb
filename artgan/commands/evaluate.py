"""`artgan evaluate`: how good, how varied and how original the works of a run are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..shell import command
from .options import component_option, json_option, plugin_option
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..api import Evaluation


@click.command(short_help="Measure how good, how varied and how original works are.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="For text, a run of preset mle.  [default: trained now]"
)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=100),
    help="Works that are made.  [default: 2000 pictures, or 5000 texts at each temperature]",
)
@component_option("features", "What pictures are compared by.  [default: random-v1]")
@component_option(
    "metric", "Measure this alone; may be given more than once.  [default: all]", multiple=True, metavar="NAME"
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: RUN/evaluation]")
@json_option
@plugin_option
def evaluate(
    run: Path,
    data: Path | None,
    baseline: Path | None,
    count: int | None,
    features: str | None,
    metric: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    plugin: tuple[str, ...],
) -> int:
    """Measure how good, how varied and how original RUN's works are, and say it in words.

    DATA is where the data that RUN was trained on lies now, if it was moved.

    Pictures are compared with those that were held out of training, beside what pictures trained on reach in the same
    comparison. Numbers carry the name of the features that they are taken on. By default these are a fixed random
    network's: they rank generators of one data set, and are no FID. The plugin artgan-fidelity brings others, and the
    real FID. C_T tells copies, which every other number takes for perfect. The pictures nearest to a training picture
    are written beside it. Before it begins, it measures a few pictures and says about how long the rest will take.

    Texts are measured over temperatures, beside maximum likelihood. LM is the negative log-likelihood of texts under a
    language model of the real ones, RLM that of held-out real texts under one of the texts; both are in nats per token,
    and lower is better. The baseline is a generator of the same size trained on the same data by maximum likelihood
    alone: without it a number means nothing. It is left out where --metric names no likelihood; the distance of n-grams
    takes seconds alone. After the real texts it says about how long the rest will take.

    Prints a table and a verdict, writes them as JSON, and puts them on the run's page in the gallery.
    """
    from ..api import EvaluationRequest
    from ..api import evaluate as measure
    from ..errors import StoppedError
    from ..plugins.loader import load_plugins
    from .display import Display
    from .stop_advice import stoppable
    from .table import print_table

    def print_found(evaluation: Evaluation) -> None:
        if as_json:
            echo_json(evaluation.to_json())
            return
        print_table(evaluation.table.headings, evaluation.table.rows)
        echo(evaluation.sentence)

    request = EvaluationRequest(
        run=run, data=data, baseline=baseline, count=count, features=features, metrics=metric, out=out
    )
    display = Display(quiet=False)
    with stoppable() as stop, display.training():
        again = command("artgan", *sys.argv[1:])
        stop.advice = f"Nothing is lost. Measure again with: {again}"
        plugins = load_plugins(plugin)
        try:
            found = measure(request, plugins=plugins, reporter=display, observers=[display], found=print_found)
        except StoppedError as stopped:
            display.end()
            display.say(f"Stopped and saved. Go on with: {again}")
            return stopped.exit_code
        for path in found.files:
            echo(path, err=True)
    return 0
