"""`artgan evaluate`: how good, how varied and how original the works of a run are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option
from .table import print_table

if TYPE_CHECKING:
    from ..evaluation.report import PixelReport, Row

MODEL, BASELINE = "this run", "maximum likelihood"


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="For text, a run of preset mle.  [default: trained now]"
)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=100),
    help="Works that are made.  [default: 2000 pictures, or 5000 texts at each temperature]",
)
@click.option(
    "--features",
    metavar="NAME[:option=value,...]",
    help="What pictures are compared by; artgan show features lists them.  [default: random-v1]",
)
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    help="Measure this alone: of pictures frechet, kid, precision, recall, density, coverage, scores, detail, "
    "patches or copying, of texts likelihood, bleu, self-bleu, distinct, ngrams or copied, or one that a plugin "
    "offers; may be given more than once.  [default: all]",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: RUN/evaluation]")
@plugin_option
def evaluate(
    run: Path,
    baseline: Path | None,
    count: int | None,
    features: str | None,
    metrics: tuple[str, ...],
    out: Path | None,
    plugin: tuple[str, ...],
) -> None:
    """Measure how good, how varied and how original RUN's works are, and say it in words.

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
    from .stop_advice import stoppable

    with stoppable() as stop:
        stop.advice = f"Nothing is lost. Measure again with: artgan evaluate {run}"
        _evaluate(run, baseline, count, features, metrics, out, plugin)


def _evaluate(
    run: Path,
    baseline: Path | None,
    count: int | None,
    features: str | None,
    metrics: tuple[str, ...],
    out: Path | None,
    plugin: tuple[str, ...],
) -> None:
    from ..errors import UsageError
    from ..evaluation.selection import DEFAULT_FEATURES
    from ..plugins.loader import load_plugins
    from .display import Display
    from .evaluating import PictureEvaluation, Subject, TextEvaluation

    subject = Subject.open(run, plugins=load_plugins(plugin), display=Display(quiet=False))
    folder = out or subject.folder.evaluation
    if subject.recipe.dataset.modality == "text":
        if features:
            raise UsageError(f"--features are for pictures, and {subject.folder.id} makes texts")
        texts = TextEvaluation(subject, count or 5000, metrics)
        rows = texts.rows(texts.baseline(baseline) if texts.likely else None)
        _print_texts(rows)
        paths, words = texts.write(rows, folder), texts.in_words(rows)
    else:
        pictures = PictureEvaluation(subject, count or 2000, features or DEFAULT_FEATURES, metrics)
        _print_pictures(pictures.judgement)
        paths, words = pictures.write(folder), f"{subject.folder.id} is {pictures.judgement.in_words()}."
    for path in paths:
        click.echo(path, err=True)
    click.echo(words)


def _print_pictures(judgement: PixelReport) -> None:
    print_table(["", f"generated, {judgement.compared} at a time", "trained on", ""], judgement.table())


def _print_texts(rows: list[Row]) -> None:
    """Print the numbers of each source by temperature, beside those of real texts."""
    real, *drawn = rows
    temperatures = sorted({row.temperature for row in drawn if row.temperature is not None})
    cells: list[list[str]] = []
    for source in dict.fromkeys(row.source for row in drawn):
        own = {row.temperature: row.numbers for row in drawn if row.source == source}
        cells.append([source, *[""] * (1 + len(own))])
        for name in dict.fromkeys(name for numbers in own.values() for name in numbers):
            columns = [real.numbers, *(own[temperature] for temperature in temperatures)]
            cells.append([f"  {name}", *(f"{each[name].value:.3f}" if name in each else "" for each in columns)])
    print_table(["", "real", *(f"T = {temperature:g}" for temperature in temperatures)], cells)
