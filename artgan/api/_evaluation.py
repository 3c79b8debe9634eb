"""What was found of a run's works: how it is said, written beside the run, and put on its page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..artworks.model import Model, load_newest
from ..artworks.places import RunFolder, find_run
from ..errors import ArtganError
from ..files import cache_folder, write_text
from ..gallery.pages import Judged, add_judgement
from ..gallery.run_record import RECORD
from ..interfaces import Data, Reporter, Workspace
from ..plugins.registry import Registry
from ..recipe.compose import compose
from ..recipe.recipe import Recipe
from ..recipe.recipe_file import read_toml

NEAREST_COLUMNS = 8


@dataclass(frozen=True)
class TrainedRun:
    """A run that is evaluated.

    Attributes:
        folder: where it is kept.
        recipe: its choices.
        data: what it was trained on.
        model: its newest model.
    """

    folder: RunFolder
    recipe: Recipe
    data: Data
    model: Model

    @classmethod
    def open(cls, folder: RunFolder, recipe: Recipe, registry: Registry, reporter: Reporter) -> Self:
        """Open a run's data and its newest model.

        Raises:
            UsageError: if it has no model.
            ArtganError: if its data is another than it was trained on.
        """
        with reporter.progress() as progress:
            data = recipe.dataset.open(Workspace(cache_folder(), progress))
        model = load_newest(folder.path, registry)[0]
        if model.provenance.fingerprint != data.fingerprint:
            raise ArtganError(f"dataset {recipe.dataset.name} has changed since {folder.id} was trained")
        return cls(folder, recipe, data, model)


def find_recipe(run: Path | str, registry: Registry) -> tuple[RunFolder, Recipe]:
    """Return a run, by its folder or its name in ``runs``, and its recipe.

    Raises:
        UsageError: if there is no such run.
    """
    folder = find_run(run)
    return folder, compose(registry, read_toml(folder.recipe), None)


@dataclass(frozen=True)
class NumberTable:
    """Numbers as text, for people to read.

    Attributes:
        headings: of the columns.
        rows: what is measured, and a number for each further column; empty where there is none.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Evaluation:
    """What was found of a run's works.

    Attributes:
        run: whose works they are.
        folder: where it is written.
        sentence: the verdict, which tells of nothing that was not measured.
        numbers: of its works, by name; where they depend on temperature, it stands in the name.
        table: these numbers beside those that they are compared with.
        record: all that was found, as JSON holds it.
        judged: what goes on the run's page.
        nearest: works, each followed by the training sample that is nearest to it, compact; None where nobody looked.
        plot: an SVG that shows the numbers; empty for none.
    """

    run: TrainedRun
    folder: Path
    sentence: str
    numbers: Mapping[str, float]
    table: NumberTable
    record: Mapping[str, object]
    judged: Judged
    nearest: NDArray[np.generic] | None = None
    plot: str = ""

    def _repr_html_(self) -> str:
        from ..gallery.markup import sentence_html, sheet_html, table_html

        table, nearest = table_html(self.table.headings, self.table.rows), self._nearest_file
        beside = sheet_html(nearest) if nearest and nearest.is_file() else ""
        return f"{table}{sentence_html(self.sentence)}{self.plot}{beside}"

    def __repr__(self) -> str:
        numbers = [f"  {name}: {value:.3f}" for name, value in self.numbers.items()]
        return "\n".join([self.sentence, *numbers])

    @property
    def files(self) -> tuple[Path, ...]:
        """The files in which it is written."""
        shown = (self._nearest_file, self._plot_file)
        return (self.folder / "evaluation.json", *(path for path in shown if path))

    @property
    def _nearest_file(self) -> Path | None:
        suffix = self.run.model.modality.exact_sheet_suffix
        return None if self.nearest is None else self.folder / f"nearest{suffix}"

    @property
    def _plot_file(self) -> Path | None:
        return self.folder / "frontier.svg" if self.plot else None

    def to_json(self) -> dict[str, object]:
        """Return the record, with what it is the record of."""
        return {
            "run": self.run.folder.id,
            "step": self.run.model.step,
            "weights_digest": self.run.model.weights_digest,
            "fingerprint": self.run.data.fingerprint,
            **self.record,
        }

    def write(self) -> None:
        """Write its files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        modality = self.run.model.modality
        if self._nearest_file and self.nearest is not None:
            modality.write_sheet(self._nearest_file, self.nearest, NEAREST_COLUMNS)
        if self._plot_file:
            write_text(self._plot_file, self.plot)

        write_text(self.files[0], json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n")

    def hang(self) -> None:
        """Put it on the run's page, where that hangs in the gallery.

        Raises:
            OSError: if that cannot be written.
        """
        hung, modality = self.run.folder.hung, self.run.model.modality
        if (hung / RECORD).is_file():
            add_judgement(hung, self.judged, modality, nearest=self._nearest_file, plot=self._plot_file)
