"""What `artgan evaluate` does, step by step."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..artworks.model import Model, load_newest
from ..artworks.places import RunFolder, find_run
from ..errors import ArtganError, UsageError
from ..evaluation.frontier import draw_frontier, told_copying, verdict
from ..evaluation.pixels import MAX_COMPARED, PixelSession
from ..evaluation.report import Row
from ..evaluation.selection import chosen_metrics, feature_extractor, offered_metrics
from ..evaluation.tokens import SEED, TEMPERATURES, Probabilities, TokenSession, draw
from ..files import cache_folder, write_text
from ..gallery.pages import Judged, add_judgement
from ..gallery.run_record import RECORD
from ..interfaces import Data, Progress, Workspace
from ..plugins.loader import Plugins
from ..plugins.registry import Source
from ..quantities import counted, duration, roughly
from ..recipe.compose import compose
from ..recipe.recipe import Recipe, Tables
from ..recipe.recipe_file import read_toml
from ..training.device import fast_precision, pick_device
from ..training.held_out import held_out, training_rows
from ..training.run import Run
from .display import Display
from .evaluate import BASELINE, MODEL

BASELINE_STEPS = 2000
AT_ONCE = 64
"""Pictures that are made between two words of progress."""

MEANING = {
    "above": "it is better or more varied than a generator of its size that is trained without a second player",
    "on": "it is as good as a generator of its size that is trained without a second player",
    "below": "a generator of its size that is trained without a second player does better",
}
"""What it means where texts stand."""

TRIED = 64
"""Pictures that are made and measured beforehand, to know how long the rest will take."""


@dataclass(frozen=True)
class Subject:
    """A run that is evaluated.

    Attributes:
        folder: where it is kept.
        plugins: what was loaded.
        display: what tells the user.
        recipe: its choices.
        data: what it was trained on.
        model: its newest model.
    """

    folder: RunFolder
    plugins: Plugins
    display: Display
    recipe: Recipe
    data: Data
    model: Model

    @classmethod
    def open(cls, run: Path, *, plugins: Plugins, display: Display) -> Self:
        """Find a run by its folder, or its name in ``runs``.

        Raises:
            UsageError: if there is no such run, or its samples are neither pictures nor texts.
            ArtganError: if its data is another than it was trained on.
        """
        found = find_run(run)
        recipe = compose(plugins.registry, read_toml(found.recipe), None)
        if recipe.dataset.modality not in ("image", "text"):
            raise UsageError(f"{found.id} makes {recipe.dataset.modality}s, which evaluate cannot measure")
        with display.progress() as progress:
            data = recipe.dataset.open(Workspace(cache_folder(), progress))
        model = load_newest(found.path, plugins.registry)[0]
        if model.provenance.fingerprint != data.fingerprint:
            raise ArtganError(f"dataset {recipe.dataset.name} has changed since {found.id} was trained")
        return cls(found, plugins, display, recipe, data, model)

    def write(self, folder: Path, record: dict[str, Any], judged: Judged, **shown: Path) -> Path:
        """Write a record as JSON, put the verdict on the run's page where it hangs, and return the JSON's path.

        Args:
            folder: where to write.
            record: what is written.
            judged: goes on the page.
            shown: so do these files, as `artgan.gallery.pages.add_judgement` takes them.
        """
        folder.mkdir(parents=True, exist_ok=True)
        known = {
            "run": self.folder.id,
            "step": self.model.step,
            "weights_digest": self.model.weights_digest,
            "fingerprint": self.data.fingerprint,
        }
        path = folder / "evaluation.json"
        write_text(path, json.dumps(known | record, ensure_ascii=False, indent=1) + "\n")
        hung = self.folder.hung
        if (hung / RECORD).is_file():
            add_judgement(hung, judged, self.model.modality, **shown)
        return path


class PictureEvaluation:
    """Measures a run's pictures.

    Args:
        subject: the run.
        count: pictures that are made.
        features: what they are compared by, as `artgan.plugins.registry.Registry.parse` takes it.
        metrics: what is measured; empty for all.

    Raises:
        UsageError: for a wrong name.
        ArtganError: if too few pictures were held out, or the features cannot be had.
    """

    def __init__(self, subject: Subject, count: int, features: str, metrics: Sequence[str] = ()) -> None:
        self.subject, self.count = subject, count
        extractor = feature_extractor(subject.plugins.registry, features)
        data, training = subject.data, subject.recipe.training
        rows = training_rows(data, training)
        self.train = data.samples[np.random.default_rng(0).permutation(rows)[:MAX_COMPARED]]
        offered = offered_metrics(subject.plugins.registry, data.spec, subject.display.warn)
        with subject.display.progress() as progress:
            self.judge = PixelSession(
                data.spec,
                train=self.train,
                held_out=held_out(data, training, MAX_COMPARED),
                extractor=extractor,
                runners=chosen_metrics(metrics, offered, noun="picture", extractor=extractor),
                progress=progress,
            )
            self.judge.size(count)
            named = ", ".join(runner.name for runner in self.judge.runners) if metrics else "all metrics"
            subject.display.say(
                f"This takes {roughly(self._seconds())}: {counted(count, 'picture')}, features {extractor.label}, "
                f"{named}"
            )
            self.made = self._made(progress)
            self.judgement = self.judge.judge(self.made)

    def write(self, folder: Path) -> list[Path]:
        """Write the numbers, and the pictures nearest to training pictures where they were sought; return the paths."""
        judgement, training = self.judgement, self.subject.recipe.training
        record = {
            "pictures": self.count,
            "seeds": [0, self.count - 1],
            "truncation": 1.0,
            "compared": judgement.compared,
            "held_out": {"share": training.held_out, "seed": training.seed},
            "features": self.judge.extractor.record(),
            "metrics": [runner.name for runner in self.judge.runners],
            "verdict": judgement.in_words(),
            "copies": judgement.copies.count if judgement.copies else None,
            "measurements": [row.record() for row in judgement.measurements],
        }
        table = [[name, value, real] for name, value, real, _ in judgement.table()]
        judged = Judged(judgement.in_words(), table)
        if not judgement.copies:
            return [self.subject.write(folder, record, judged)]
        sheet = folder / "nearest.png"
        folder.mkdir(parents=True, exist_ok=True)
        pairs = [
            picture for pair in judgement.copies.closest for picture in (self.made[pair.fake], self.train[pair.train])
        ]
        self.subject.model.modality.write_sheet(sheet, np.stack(pairs), columns=8)
        return [self.subject.write(folder, record, judged, nearest=sheet), sheet]

    def _seconds(self) -> float:
        """Return about how long everything takes, by what a few pictures take."""
        tried = min(TRIED, self.count)
        self.subject.model.render(range(1))  # the first of all takes longer
        begun = time.perf_counter()
        pictures = self.subject.model.render(range(tried))
        seconds = (time.perf_counter() - begun) * self.count / tried
        return seconds + self.judge.seconds(pictures, self.count)

    def _made(self, progress: Progress) -> NDArray[Any]:
        parts = []
        for start in range(0, self.count, AT_ONCE):
            progress("making pictures", start, self.count)
            parts.append(self.subject.model.render(range(start, min(start + AT_ONCE, self.count))))
        progress("making pictures", self.count, self.count)
        return np.concatenate(parts)


class TextEvaluation:
    """Measures a run's texts beside those of maximum likelihood.

    Args:
        subject: the run.
        count: texts drawn at each temperature.
        metrics: what is measured; empty for all.

    Raises:
        UsageError: for a wrong name.
        ArtganError: if too few texts were held out.
    """

    def __init__(self, subject: Subject, count: int, metrics: Sequence[str] = ()) -> None:
        self.subject, self.count = subject, count
        self.folder, self.recipe, self.data = subject.folder, subject.recipe, subject.data
        self.plugins, self.registry, self.display = subject.plugins, subject.plugins.registry, subject.display
        self._progress: Progress = lambda what, done, total: None
        offered = offered_metrics(self.registry, self.data.spec, self.display.warn)
        self.judge = TokenSession(
            self.data,
            dataset=self.recipe.dataset,
            runners=chosen_metrics(metrics, offered, noun="text"),
            for_metrics=subject.model.modality.for_metrics,
            progress=lambda what, done, total: self._progress(what, done, total),
        )
        self.likely = any(runner.metric.beside_baseline for runner in self.judge.runners)

    def baseline(self, given: Path | None) -> Model:
        """Return the baseline: that of a run, or one trained to its end beside this run, once."""
        folder = given or self.folder.path.with_name(f"{self.folder.id}-mle")
        if given is None:
            self._train(RunFolder(folder))
        return load_newest(folder, self.registry)[0]

    def rows(self, baseline: Model | None) -> list[Row]:
        """Return what was measured of real texts, of the run's and of the baseline's, if any."""
        sources = {MODEL: self.subject.model, **({} if baseline is None else {BASELINE: baseline})}
        for source, judged in sources.items():
            if judged.spec != self.data.spec:
                raise ArtganError(f"{source} was trained on other data than {self.data.title}")
        with self.display.progress() as self._progress:
            begun = time.perf_counter()
            rows = [self.judge.real()]
            seconds = (time.perf_counter() - begun) * len(sources) * len(TEMPERATURES)
            texts = f"{counted(self.count, 'text')} at each of {len(TEMPERATURES)} temperatures"
            self.display.say(f"This takes {roughly(seconds)}: {texts}, {' and '.join(sources)}")
            for source, judged in sources.items():
                for temperature in TEMPERATURES:
                    self.display.say(f"{source} at temperature {temperature:g}")
                    rows.append(self._row(source, judged, temperature))
        return rows

    def _row(self, source: str, model: Model, temperature: float) -> Row:
        knows = temperature == 1 and "log-probabilities" in model.generator.provides
        samples = draw(model, self.count, temperature)
        return self.judge.measure(source, samples, temperature, Probabilities(model) if knows else None)

    def in_words(self, rows: list[Row]) -> str:
        """Return the verdict, which tells of nothing that was not measured."""
        if not self.likely:
            return f"{self.folder.id} was measured, not judged."
        where = verdict(rows, MODEL, BASELINE)
        copying = told_copying(rows, MODEL, BASELINE)
        return f"{self.folder.id} is {where} the frontier of maximum likelihood: {MEANING[where]}{copying}."

    def write(self, rows: list[Row], folder: Path) -> list[Path]:
        """Write the numbers and, of likelihoods, the plot; return their paths."""
        record = {
            "texts": self.count,
            "seed": SEED,
            "temperatures": TEMPERATURES,
            "held_out": {"count": self.judge.held_out},
            "metrics": sorted(runner.name for runner in self.judge.runners),
            "verdict": verdict(rows, MODEL, BASELINE) if self.likely else "",
            "rows": [row.record() for row in rows],
        }
        judged = Judged(self.in_words(rows), *_of_page(rows))
        if not self.likely:
            return [self.subject.write(folder, record, judged)]
        plot = folder / "frontier.svg"
        folder.mkdir(parents=True, exist_ok=True)
        write_text(plot, draw_frontier(rows))
        return [self.subject.write(folder, record, judged, plot=plot), plot]

    def _train(self, folder: RunFolder) -> None:
        """Train the baseline, or go on with it where it was cut short."""
        begun = folder.is_begun
        recipe = compose(self.registry, read_toml(folder.recipe), None) if begun else self._baseline_recipe()
        run = Run(
            folder=folder.path,
            recipe=recipe,
            data=self.data,
            modality=self.registry.modality(self.data.spec),
            plugins=self.plugins,
            device=pick_device("auto"),
        )
        if begun:
            run.restore(self.display.warn)
        else:
            run.create(f"artgan evaluate {self.folder.id}")
        if run.trainer.steps >= run.steps:
            return
        self.display.say(f"Training the baseline {run.id}: {run.steps:,} steps of maximum likelihood")
        self.plugins.register(self.display, Source("display", "artgan", ""))
        with self.display.training():
            run.train()
        if run.stopped_by:
            self.display.say(f"Stopped and saved. Go on with: artgan evaluate {self.folder.id}")
            sys.exit(128 + run.stopped_by)
        self.display.say(f"It took {duration(run.seconds)}")

    def _baseline_recipe(self) -> Recipe:
        tables = self.recipe.tables(self.registry)
        wanted: Tables = {kind: tables[kind] for kind in ("dataset", "generator", "discriminator")}
        wanted["training"] = {"steps": BASELINE_STEPS, "seed": self.recipe.training.seed}
        recipe = compose(self.registry, wanted, "mle")
        return recipe.with_precision(fast_precision(pick_device("auto")))


def _of_page(rows: Sequence[Row]) -> tuple[list[list[str]], list[str]]:
    """Return the rows of a table of a run's numbers by temperature beside those of real texts, and its headings."""
    real, own = rows[0], [row for row in rows if row.source == MODEL]
    columns = [*own, real]
    names = dict.fromkeys(name for row in own for name in row.numbers)
    table = [[name, *(row.shown(name) for row in columns)] for name in names]
    return table, [*(f"T = {row.temperature:g}" for row in own), "real"]
