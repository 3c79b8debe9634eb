"""Runs that were evaluated, side by side: in numbers, and in works of the same seeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from ..artworks.places import RunFolder, find_run
from ..errors import ArtganError, UsageError
from ..evaluation.report import OWN
from ..plugins.loader import Plugins, load_plugins
from ..recipe.recipe_file import differences
from ..schema import Schema, fault
from ..shell import command

_PIXELS: Schema = {"fingerprint": str, "step": int, "measurements": [{"name": str, "value": float}]}
_TOKENS: Schema = {"fingerprint": str, "step": int, "rows": [{"source": str, "values": {str: float}}]}


@dataclass(frozen=True, kw_only=True)
class ComparisonRequest:
    """Which runs are compared.

    Attributes:
        runs: their folders, or their names in ``runs``; two at least, each of them evaluated.

    Raises:
        UsageError: if there are fewer.
    """

    runs: tuple[str | Path, ...]

    def __post_init__(self) -> None:
        if len(self.runs) < 2:
            raise UsageError("give two runs or more to compare")


@dataclass(frozen=True)
class EvaluatedRun:
    """A run with what was measured of it.

    Attributes:
        folder: where it is kept.
        recipe: its TOML.
        fingerprint: of its data.
        step: at which it was evaluated.
        numbers: by name.
    """

    folder: RunFolder
    recipe: str
    fingerprint: str
    step: int
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class RunGroup:
    """Runs that differ in nothing but their seed.

    Attributes:
        runs: at least one.
    """

    runs: Sequence[EvaluatedRun]

    @property
    def title(self) -> str:
        """Their names."""
        return ", ".join(run.folder.id for run in self.runs)

    @property
    def names(self) -> list[str]:
        """The names of what was measured of any of them."""
        return list(dict.fromkeys(name for run in self.runs for name in run.numbers))

    def values(self, name: str) -> list[float]:
        """Return what was measured of those of which it was."""
        return [run.numbers[name] for run in self.runs if name in run.numbers]

    def cell(self, name: str) -> str:
        """Return a number, or mean and standard deviation over seeds; nothing where it was not measured."""
        values = self.values(name)
        if not values:
            return ""
        number = f"{values[0]:.3f}" if len(values) == 1 else f"{mean(values):.3f} ± {stdev(values):.3f}"
        return number if len(values) == len(self.runs) else f"{number} ({len(values)} of {len(self.runs)} runs)"


@dataclass(frozen=True, repr=False)
class RunComparison:
    """Runs side by side.

    Attributes:
        groups: the runs, those that differ in nothing but the seed together.
        page: shows works of the same seeds beside each other; None where fewer than two runs hang in the gallery.
    """

    groups: Sequence[RunGroup]
    page: Path | None = None

    @property
    def titles(self) -> list[str]:
        """What the columns of numbers are called, one a group."""
        return [group.title for group in self.groups]

    @property
    def rows(self) -> list[list[str]]:
        """The name of each number, and the number of each group, as text."""
        measured = dict.fromkeys(name for group in self.groups for name in group.names)
        return [[name, *(group.cell(name) for group in self.groups)] for name in measured]

    def _repr_html_(self) -> str:
        from ..gallery.markup import table_html

        return table_html(["", *self.titles], self.rows)

    def __repr__(self) -> str:
        return "\n".join("  ".join(cells) for cells in (self.titles, *self.rows))


def compare(
    request: ComparisonRequest,
    *,
    plugins: Plugins | None = None,
    found: Callable[[RunComparison], None] = lambda comparison: None,
) -> RunComparison:
    """Put the numbers of runs that were evaluated side by side, and write a page of their works into the gallery.

    Args:
        request: which runs; the gallery is that of the first.
        plugins: what was loaded; None loads what is installed.
        found: called with the numbers, before anything is written.

    Raises:
        UsageError: if there is no such run, one was not evaluated, or they were trained on different data.
        ArtganError: if what was measured of one is damaged, or one cannot be shown.
        OSError: if the page cannot be written.
    """
    from ..gallery.comparison_page import write_comparison
    from ..gallery.front_page import build_index

    runs = [_read(run) for run in request.runs]
    comparison = RunComparison(_grouped(runs))
    found(comparison)
    hung = [run.folder.id for run in runs if run.folder.hung.is_dir()]
    if len(hung) < 2:
        return comparison

    gallery, registry = runs[0].folder.gallery, (plugins or load_plugins()).registry
    page = write_comparison(gallery, hung, comparison.titles, comparison.rows, registry)
    build_index(gallery, registry)
    return RunComparison(comparison.groups, page)


def _read(run: str | Path) -> EvaluatedRun:
    """Return a run, by folder or by name in ``runs``, with what was measured of it.

    Raises:
        UsageError: if there is no such run, or it was not evaluated.
        ArtganError: if what was measured cannot be read.
    """
    folder = find_run(run)
    path = folder.evaluation / "evaluation.json"
    again = command("artgan", "evaluate", run)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        recipe = folder.recipe.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{folder.id} was not evaluated: {again}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} cannot be read: {type(error).__name__}; {again}") from None
    if wrong := fault(record, (_PIXELS, _TOKENS)):
        raise ArtganError(f"{path} is damaged ({wrong}): {again}")
    return EvaluatedRun(folder, recipe, record["fingerprint"], record["step"], _numbers(record))


def _grouped(runs: Sequence[EvaluatedRun]) -> list[RunGroup]:
    """Return runs in groups that differ in nothing but the seed.

    Raises:
        UsageError: if they were trained on different data, whose numbers cannot be compared.
    """
    first = runs[0]
    groups: list[list[EvaluatedRun]] = []
    for run in runs:
        if run.fingerprint != first.fingerprint:
            raise UsageError(
                f"{first.folder.id} and {run.folder.id} were trained on different data, so their numbers "
                "cannot be compared"
            )
        same = next((group for group in groups if _but_for_seed(group[0], run)), None)
        if same is None:
            groups.append([run])
        else:
            same.append(run)
    return [RunGroup(group) for group in groups]


def _but_for_seed(first: EvaluatedRun, second: EvaluatedRun) -> bool:
    changes = differences(first.recipe, second.recipe)
    return first.step == second.step and all(change.startswith("training.seed:") for change in changes)


def _numbers(record: dict[str, Any]) -> dict[str, float]:
    if "measurements" in record:
        return {row["name"]: row["value"] for row in record["measurements"]}
    own = [row for row in record["rows"] if row["source"] == OWN]
    return {
        f"{name} at T = {row.get('temperature', 1):g}": row["values"][name] for row in own for name in row["values"]
    }
