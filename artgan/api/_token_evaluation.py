"""Measures a run's texts, or whatever else consists of tokens, beside those of maximum likelihood."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..artworks.model import Model
from ..errors import ArtganError
from ..evaluation.frontier import copying_to_text, draw_frontier, is_judged, verdict
from ..evaluation.report import BASELINE, OWN, Row
from ..evaluation.selection import chosen_metrics, offered_metrics
from ..evaluation.tokens import (
    ENOUGH_HELD_OUT,
    SEED,
    TEMPERATURES,
    Probabilities,
    TokenSession,
    draw,
    held_out_tokens,
)
from ..gallery.pages import Judged
from ..interfaces import Reporter
from ..plugins.registry import Registry
from ..quantities import counted, roughly
from ._evaluation import Evaluation, NumberTable, TrainedRun

MEANING = {
    "above": "it is better or more varied than a generator of its size that is trained without a second player",
    "on": "it is as good as a generator of its size that is trained without a second player",
    "below": "a generator of its size that is trained without a second player does better",
}
"""What it means where a run stands to the frontier."""


def evaluate_tokens(
    run: TrainedRun,
    *,
    baseline: Callable[[], Model],
    count: int,
    metrics: Sequence[str],
    folder: Path,
    registry: Registry,
    reporter: Reporter,
) -> Evaluation:
    """Measure a run's works over temperatures, beside those of a baseline where a metric needs one.

    Args:
        run: whose works.
        baseline: gives a generator of the same size, trained by maximum likelihood; called where it is needed.
        count: works drawn at each temperature.
        metrics: names of what is measured; empty for all.
        folder: where it is to be written.
        registry: where metrics are looked up.
        reporter: told how long it takes, and how far it is.

    Raises:
        UsageError: for a wrong name.
        ArtganError: if too few works were held out, or the baseline was trained on other data.
    """
    # All that can be refused is refused before a baseline is trained, which takes long.
    noun, data = run.model.modality.noun, run.data
    runners = chosen_metrics(metrics, offered_metrics(registry, data.spec, reporter.warn), noun=noun)
    held_out_tokens(data, noun)
    beside = any(runner.metric.beside_baseline for runner in runners)
    sources = {OWN: run.model, **({BASELINE: baseline()} if beside else {})}
    for source, model in sources.items():
        if model.spec != data.spec:
            raise ArtganError(f"{source} was trained on other data than {data.title}")

    with reporter.progress() as progress:
        session = TokenSession(
            data,
            dataset=run.recipe.dataset,
            runners=runners,
            for_metrics=run.model.modality.for_metrics,
            progress=progress,
            noun=noun,
        )
        rows = _rows(session, sources, count, noun, reporter)

    # What a metric of a plugin wants beside a baseline need not be a likelihood, which alone has a frontier.
    known = beside and is_judged(rows)
    judged = known and session.held_out >= ENOUGH_HELD_OUT
    sentence = _sentence(run.folder.id, rows, noun, judged=judged)
    if session.held_out < ENOUGH_HELD_OUT:
        sentence += f" {_few(session.held_out, noun)}"
    record = {
        "texts": count,
        "seed": SEED,
        "temperatures": TEMPERATURES,
        "held_out": {"count": session.held_out},
        "metrics": sorted(runner.name for runner in runners),
        "verdict": verdict(rows, OWN, BASELINE) if judged else "",
        "rows": [row.record() for row in rows],
    }
    return Evaluation(
        run=run,
        folder=folder,
        sentence=sentence,
        numbers=_numbers(rows),
        table=_table(rows),
        record=record,
        judged=_judged(rows, sentence),
        plot=draw_frontier(rows) if known else "",
    )


def _rows(session: TokenSession, sources: Mapping[str, Model], count: int, noun: str, reporter: Reporter) -> list[Row]:
    """Return what was measured of real samples, and of each source's at each temperature."""
    begun = time.perf_counter()
    rows = [session.real()]
    seconds = (time.perf_counter() - begun) * len(sources) * len(TEMPERATURES)
    works = f"{counted(count, noun)} at each of {len(TEMPERATURES)} temperatures"
    reporter.say(f"This takes {roughly(seconds)}: {works}, {' and '.join(sources)}")

    for source, model in sources.items():
        for temperature in TEMPERATURES:
            reporter.say(f"{source} at temperature {temperature:g}")
            knows = temperature == 1 and "log-probabilities" in model.generator.provides
            samples = draw(model, count, temperature)
            rows.append(session.measure(source, samples, temperature, Probabilities(model) if knows else None))
    return rows


def _sentence(run: str, rows: Sequence[Row], noun: str, *, judged: bool) -> str:
    """Return the verdict, which tells of nothing that was not measured."""
    if not judged:
        return f"{run} is measured, not judged."
    where = verdict(rows, OWN, BASELINE)
    copying = copying_to_text(rows, OWN, BASELINE, noun)
    return f"{run} is {where} the frontier of maximum likelihood: {MEANING[where]}{copying}."


def _few(count: int, noun: str) -> str:
    return (
        f"It is measured beside {counted(count, noun)} alone: read each number with its interval, which stands on its "
        f"page; for a verdict {ENOUGH_HELD_OUT} must be held out (--set training.held_out)."
    )


def _numbers(rows: Sequence[Row]) -> dict[str, float]:
    """Return the run's own numbers, by their names with the temperature."""
    return {
        f"{name} at T = {row.temperature:g}": number.value
        for row in rows
        if row.source == OWN
        for name, number in row.numbers.items()
    }


def _table(rows: Sequence[Row]) -> NumberTable:
    """Return the numbers of each source by temperature, beside those of real samples."""
    real, *drawn = rows
    temperatures = sorted({row.temperature for row in drawn if row.temperature is not None})
    cells: list[list[str]] = []
    for source in dict.fromkeys(row.source for row in drawn):
        own = {row.temperature: row.numbers for row in drawn if row.source == source}
        cells.append([source, *[""] * (1 + len(own))])
        for name in dict.fromkeys(name for numbers in own.values() for name in numbers):
            columns = [real.numbers, *(own[temperature] for temperature in temperatures)]
            cells.append([f"  {name}", *(f"{each[name].value:.3f}" if name in each else "" for each in columns)])
    return NumberTable(["", "real", *(f"T = {temperature:g}" for temperature in temperatures)], cells)


def _judged(rows: Sequence[Row], sentence: str) -> Judged:
    """Return what goes on the page: the run's numbers by temperature, beside those of real samples."""
    real, own = rows[0], [row for row in rows if row.source == OWN]
    names = dict.fromkeys(name for row in own for name in row.numbers)
    table = [[name, *(row.shown(name) for row in [*own, real])] for name in names]
    return Judged(sentence, table, [*(f"T = {row.temperature:g}" for row in own), "real"])
