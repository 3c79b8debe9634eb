"""What `artgan evaluate` does, step by step."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from ..errors import ArtganError, UsageError
from ..evaluation.frontier import draw_frontier
from ..evaluation.text import TEMPERATURES, Judge, Row, draw, verdict
from ..files import cache_folder, write_text
from ..interfaces import Metric, Workspace
from ..model import Model, load_newest
from ..plugins import Plugins
from ..recipe import Recipe, Tables, compose, read_toml
from ..registry import Source
from ..training.devices import fast_precision, pick_device
from ..training.run import RECIPE, Run
from .display import Display, duration
from .evaluate import BASELINE, MODEL

BASELINE_STEPS = 2000


class Evaluation:
    """One call of `artgan evaluate`.

    Args:
        run: the run's folder, or its name in ``runs``.
        plugins: what was loaded.
        display: what tells the user.
        count: texts drawn at each temperature.

    Raises:
        UsageError: if there is no such run, or its samples are no text.
    """

    def __init__(self, run: Path, *, plugins: Plugins, display: Display, count: int) -> None:
        self.plugins, self.registry, self.display, self.count = plugins, plugins.registry, display, count
        found = next((path for path in (run, Path("runs") / run) if (path / RECIPE).is_file()), None)
        if found is None:
            raise UsageError(f"{run} is no run: give a folder with a {RECIPE}, or the name of one in runs")
        self.folder = found
        self.recipe = compose(self.registry, read_toml(found / RECIPE), None)
        if self.recipe.dataset.modality != "text":
            raise UsageError(f"{found.name} makes {self.recipe.dataset.modality}s: what evaluate measures is of text")
        with display.progress() as progress:
            self.data = self.recipe.dataset.open(Workspace(cache_folder(), progress))

    def baseline(self, given: Path | None) -> Model:
        """Return the baseline: that of a run, or one trained now beside this run, once."""
        if given is not None:
            return load_newest(given, self.registry)[0]
        folder = self.folder.with_name(f"{self.folder.name}-mle")
        if not (folder / RECIPE).is_file():
            self._train(folder)
        return load_newest(folder, self.registry)[0]

    def rows(self, baseline: Model) -> list[Row]:
        """Return what was measured of real texts, of the run's and of the baseline's."""
        spec = self.data.spec
        metrics = [
            cast(Metric, self.registry.get("metric", name).configure({})) for name in self.registry.names("metric")
        ]
        metrics = [
            metric for metric in metrics if metric.modalities == {"text"} and metric.applies(spec) and metric.drawn
        ]
        model = load_newest(self.folder, self.registry)[0]
        judge = Judge(self.data, self.recipe.dataset, metrics, self.display.say)
        rows = [judge.real()]
        for source, judged in ((MODEL, model), (BASELINE, baseline)):
            if judged.spec != spec:
                raise ArtganError(f"{source} was trained on other data than {self.data.title}")
            for temperature in TEMPERATURES:
                samples = draw(judged, self.count, temperature)
                row = judge.measure(source, samples, judged.modality.readable(samples), temperature)
                if temperature == 1 and "log-probabilities" in judged.generator.gives:
                    row = replace(row, values={**row.values, "NLL test": judge.likelihood(judged)})
                rows.append(row)
        return rows

    def in_words(self, rows: list[Row]) -> str:
        """Return the verdict."""
        return f"{self.folder.name} is {verdict(rows, MODEL, BASELINE)} the frontier of maximum likelihood."

    def write(self, rows: list[Row], folder: Path) -> list[Path]:
        """Write the numbers and the plot; return their paths."""
        record = {
            "run": self.folder.name,
            "fingerprint": self.data.fingerprint,
            "texts": self.count,
            "verdict": verdict(rows, MODEL, BASELINE),
            "rows": [asdict(row) for row in rows],
        }
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "evaluation.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        write_text(folder / "frontier.svg", draw_frontier(rows))
        return [folder / "evaluation.json", folder / "frontier.svg"]

    def _train(self, folder: Path) -> None:
        recipe = self._baseline_recipe()
        modality = self.registry.modality(self.data.spec)
        self.display.say(f"Training the baseline {folder.name}: {recipe.training.steps:,} steps of maximum likelihood")
        self.plugins.register(self.display, Source("display", "artgan", ""))
        run = Run(
            folder=folder,
            recipe=recipe,
            data=self.data,
            modality=modality,
            plugins=self.plugins,
            device=pick_device("auto"),
        )
        run.create(f"artgan evaluate {self.folder.name}")
        with self.display.training():
            run.train()
        if run.stopped_by:
            raise ArtganError(f"stopped; artgan run --resume {folder} goes on with the baseline")
        self.display.say(f"It took {duration(run.seconds)}")

    def _baseline_recipe(self) -> Recipe:
        tables = self.recipe.tables(self.registry)
        wanted: Tables = {kind: tables[kind] for kind in ("dataset", "generator", "discriminator")}
        wanted["training"] = {"steps": BASELINE_STEPS, "seed": self.recipe.training.seed}
        recipe = compose(self.registry, wanted, "mle")
        return recipe.with_precision(fast_precision(pick_device("auto")))
